-- The tables of commit 6d8f076, as SQLAlchemy created them in PostgreSQL.
CREATE TABLE videos (
    id VARCHAR(64) NOT NULL,
    path TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frame_count INTEGER NOT NULL,
    fps FLOAT NOT NULL,
    duration_sec FLOAT NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE sessions (
    id VARCHAR(64) NOT NULL,
    video_id VARCHAR(64) NOT NULL,
    lora_mode VARCHAR(16) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(video_id) REFERENCES videos (id)
);
CREATE TABLE interactions (
    id VARCHAR(64) NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind VARCHAR(32) NOT NULL,
    object_id INTEGER,
    frame_index INTEGER,
    prompt JSON,
    clicks INTEGER NOT NULL,
    adapter_id VARCHAR(64),
    baseline_iou FLOAT(53),
    training_iou FLOAT(53),
    steps INTEGER,
    seconds FLOAT(53),
    skipped VARCHAR(32),
    PRIMARY KEY (id),
    FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
CREATE INDEX ix_interactions_session_id ON interactions (session_id);
CREATE TABLE objects (
    session_id VARCHAR(64) NOT NULL,
    object_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name TEXT,
    prompt_changes JSON NOT NULL,
    PRIMARY KEY (session_id, object_id),
    FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
CREATE TABLE adapters (
    adapter_id VARCHAR(64) NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    object_id INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    frame_indices JSON NOT NULL,
    baseline_iou FLOAT(53) NOT NULL,
    training_iou FLOAT(53) NOT NULL,
    steps INTEGER NOT NULL,
    seconds FLOAT(53) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    folder TEXT NOT NULL,
    PRIMARY KEY (adapter_id),
    FOREIGN KEY(session_id, object_id) REFERENCES objects (session_id, object_id) ON DELETE CASCADE
);
CREATE INDEX ix_adapters_session_id ON adapters (session_id);
CREATE TABLE masks (
    session_id VARCHAR(64) NOT NULL,
    frame_index INTEGER NOT NULL,
    object_id INTEGER NOT NULL,
    height INTEGER NOT NULL,
    width INTEGER NOT NULL,
    counts TEXT NOT NULL,
    predicted_iou FLOAT(53),
    object_score FLOAT(53),
    source VARCHAR(16) NOT NULL,
    stamp INTEGER NOT NULL,
    reverse BOOLEAN NOT NULL,
    PRIMARY KEY (session_id, frame_index, object_id),
    FOREIGN KEY(session_id, object_id) REFERENCES objects (session_id, object_id) ON DELETE CASCADE
);
CREATE TABLE prompted_frames (
    session_id VARCHAR(64) NOT NULL,
    object_id INTEGER NOT NULL,
    frame_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    reverse BOOLEAN,
    conditioning BYTEA NOT NULL,
    PRIMARY KEY (session_id, object_id, frame_index),
    FOREIGN KEY(session_id, object_id) REFERENCES objects (session_id, object_id) ON DELETE CASCADE
);
CREATE TABLE prompts (
    id SERIAL NOT NULL,
    session_id VARCHAR(64) NOT NULL,
    object_id INTEGER NOT NULL,
    frame_index INTEGER NOT NULL,
    content JSON NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(session_id, object_id) REFERENCES objects (session_id, object_id) ON DELETE CASCADE
);
CREATE INDEX ix_prompts_session_id ON prompts (session_id);
CREATE TABLE schema_version (version INTEGER NOT NULL);
