import torch

from sam2_lit.lora.adamw import AdamW

RATE, BETAS, EPSILON, DECAY = 0.01, (0.9, 0.95), 1e-8, 0.01


def test_a_step_is_that_of_adamw() -> None:
    generator = torch.Generator().manual_seed(0)
    parameters = [torch.randn(shape, generator=generator) for shape in ((40, 8), (8, 40), (3,))]
    expected = [each.double() for each in parameters]
    means, squares = [[torch.zeros_like(each) for each in expected] for _ in range(2)]
    optimizer = AdamW([each.requires_grad_() for each in parameters], RATE, BETAS)
    for step in range(1, 21):
        gradients = [torch.randn(each.shape, generator=generator) for each in parameters]
        optimizer.step(gradients)
        # Algorithm 2 of arXiv 1711.05101, with a weight decay that the learning rate scales, as in PyTorch.
        for value, gradient, mean, square in zip(expected, gradients, means, squares, strict=True):
            value *= 1 - RATE * DECAY
            mean += (1 - BETAS[0]) * (gradient - mean)
            square += (1 - BETAS[1]) * (gradient.double() ** 2 - square)
            corrected = (square / (1 - BETAS[1] ** step)).sqrt() + EPSILON
            value -= RATE / (1 - BETAS[0] ** step) * mean / corrected

    for parameter, value in zip(parameters, expected, strict=True):
        torch.testing.assert_close(parameter.detach(), value.float())
