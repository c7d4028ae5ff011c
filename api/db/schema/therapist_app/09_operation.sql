-- Running the application: audit trail, settings, the developers' tools.

-- The user name of an audit row may also be 'system', an address or a pseudonym,
-- and the row outlives the account: no foreign key.
CREATE TABLE audit_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT,
    timestamp DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_audit_logs_timestamp ON audit_logs (timestamp);
CREATE INDEX idx_audit_logs_username ON audit_logs (username);

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT
);

CREATE TABLE dev_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    from_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    to_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    message TEXT NOT NULL,
    message_type TEXT DEFAULT 'info',
    read BOOLEAN NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
    parent_message_id INTEGER REFERENCES dev_messages (id) ON DELETE CASCADE,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE dev_terminal_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    command TEXT NOT NULL,
    output TEXT,
    exit_code INTEGER,
    duration_ms INTEGER,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE dev_ai_chats (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    session_id TEXT NOT NULL,
    role TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);
