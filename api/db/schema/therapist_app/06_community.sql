-- The support board.

CREATE TABLE community_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    message TEXT NOT NULL,
    likes INTEGER NOT NULL DEFAULT 0,
    category TEXT NOT NULL DEFAULT 'general',
    is_pinned BOOLEAN NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1)),
    entry_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME
);
CREATE INDEX idx_community_posts_active ON community_posts (username, deleted_at);
CREATE INDEX idx_community_posts_timestamp ON community_posts (entry_timestamp);
CREATE INDEX idx_community_posts_username ON community_posts (username);

CREATE TABLE community_channel_reads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    last_read DATETIME DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (username, channel)
);

CREATE TABLE community_likes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES community_posts (id) ON DELETE CASCADE,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    reaction_type TEXT NOT NULL DEFAULT 'like'
        CHECK (reaction_type IN ('like', 'heart', 'hug', 'celebrate', 'support')),
    timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (post_id, username, reaction_type)
);

CREATE TABLE community_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES community_posts (id) ON DELETE CASCADE,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    message TEXT NOT NULL,
    timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME
);
CREATE INDEX idx_community_replies_active ON community_replies (post_id, deleted_at);
CREATE INDEX idx_community_replies_post_id ON community_replies (post_id);
