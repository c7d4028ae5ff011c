-- Conversations with the assistant and what it remembers of a patient.

CREATE TABLE ai_memory (
    username TEXT NOT NULL PRIMARY KEY REFERENCES users (username) ON DELETE CASCADE,
    memory_summary TEXT,
    last_updated DATETIME
);

CREATE TABLE chat_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    session_name TEXT NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    last_active DATETIME DEFAULT CURRENT_TIMESTAMP,
    is_active BOOLEAN NOT NULL DEFAULT 0 CHECK (is_active IN (0, 1))
);
CREATE INDEX idx_chat_sessions_username ON chat_sessions (username);
CREATE INDEX idx_chat_sessions_username_active ON chat_sessions (username, is_active);

CREATE TABLE chat_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL,
    chat_session_id INTEGER REFERENCES chat_sessions (id) ON DELETE CASCADE,
    sender TEXT NOT NULL,
    message TEXT NOT NULL,
    timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_chat_history_chat_session_id ON chat_history (chat_session_id);
CREATE INDEX idx_chat_history_session_id ON chat_history (session_id);
CREATE INDEX idx_chat_history_timestamp ON chat_history (timestamp);
