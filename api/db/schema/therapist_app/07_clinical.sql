-- Clinicians and their patients: relation, notes, appointments, alerts.

CREATE TABLE clinician_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    clinician_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    patient_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    note_text TEXT NOT NULL,
    is_highlighted BOOLEAN NOT NULL DEFAULT 0 CHECK (is_highlighted IN (0, 1)),
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME
);
CREATE INDEX idx_clinician_notes_active ON clinician_notes (patient_username, deleted_at);
CREATE INDEX idx_clinician_notes_clinician ON clinician_notes (clinician_username);
CREATE INDEX idx_clinician_notes_patient ON clinician_notes (patient_username);

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    alert_type TEXT NOT NULL,
    details TEXT,
    status TEXT NOT NULL DEFAULT 'open',
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    acknowledged_by TEXT,
    acknowledged_at DATETIME
);
CREATE INDEX idx_alerts_active ON alerts (username, deleted_at);
CREATE INDEX idx_alerts_status ON alerts (status);
CREATE INDEX idx_alerts_username ON alerts (username);
CREATE INDEX idx_alerts_username_status ON alerts (username, status);

CREATE TABLE patient_approvals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    clinician_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'pending',
    request_date DATETIME DEFAULT CURRENT_TIMESTAMP,
    approval_date DATETIME
);
CREATE INDEX idx_patient_approvals_clinician ON patient_approvals (clinician_username);
CREATE INDEX idx_patient_approvals_clinician_status
    ON patient_approvals (clinician_username, status);
CREATE INDEX idx_patient_approvals_patient ON patient_approvals (patient_username);
CREATE INDEX idx_patient_approvals_status ON patient_approvals (status);

CREATE TABLE appointments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    clinician_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    patient_username TEXT NOT NULL REFERENCES users (username) ON DELETE CASCADE,
    appointment_date DATETIME NOT NULL,
    appointment_type TEXT DEFAULT 'consultation',
    notes TEXT,
    pdf_generated BOOLEAN NOT NULL DEFAULT 0 CHECK (pdf_generated IN (0, 1)),
    pdf_path TEXT,
    notification_sent BOOLEAN NOT NULL DEFAULT 0 CHECK (notification_sent IN (0, 1)),
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    patient_acknowledged BOOLEAN NOT NULL DEFAULT 0 CHECK (patient_acknowledged IN (0, 1)),
    patient_response TEXT,
    patient_response_date DATETIME,
    attendance_status TEXT DEFAULT 'scheduled',
    attendance_confirmed_by TEXT,
    attendance_confirmed_at DATETIME
);
CREATE INDEX idx_appointments_active ON appointments (patient_username, deleted_at);
CREATE INDEX idx_appointments_clinician ON appointments (clinician_username);
CREATE INDEX idx_appointments_clinician_active ON appointments (clinician_username, deleted_at);
CREATE INDEX idx_appointments_date ON appointments (appointment_date);
CREATE INDEX idx_appointments_patient ON appointments (patient_username);
