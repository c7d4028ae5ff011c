-- Messages between accounts, notifications, feedback to the developers.

-- A reply outlives the message that it answers.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sender_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    recipient_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    subject TEXT,
    content TEXT NOT NULL,
    is_read BOOLEAN NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
    read_at DATETIME,
    sent_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    is_deleted_by_sender BOOLEAN NOT NULL DEFAULT 0 CHECK (is_deleted_by_sender IN (0, 1)),
    is_deleted_by_recipient BOOLEAN NOT NULL DEFAULT 0 CHECK (is_deleted_by_recipient IN (0, 1)),
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    parent_message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    CHECK (sender_username <> recipient_username)
);
CREATE INDEX idx_messages_conversation ON messages (sender_username, recipient_username);
CREATE INDEX idx_messages_deleted ON messages (deleted_at);
CREATE INDEX idx_messages_parent ON messages (parent_message_id);
CREATE INDEX idx_messages_recipient ON messages (recipient_username, is_read);
CREATE INDEX idx_messages_sent_at ON messages (sent_at);

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    message TEXT NOT NULL,
    notification_type TEXT,
    read BOOLEAN NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_notifications_read ON notifications (read);
CREATE INDEX idx_notifications_recipient ON notifications (recipient_username);
CREATE INDEX idx_notifications_recipient_read ON notifications (recipient_username, read);

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    role TEXT DEFAULT 'user',
    category TEXT NOT NULL,
    message TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    resolved_at DATETIME,
    admin_notes TEXT,
    deleted_at DATETIME
);
CREATE INDEX idx_feedback_active ON feedback (username, deleted_at);
CREATE INDEX idx_feedback_status ON feedback (status);
CREATE INDEX idx_feedback_username ON feedback (username);
