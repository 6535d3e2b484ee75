from sam2_lit.cli import main

main(prog_name="sam2-lit")
