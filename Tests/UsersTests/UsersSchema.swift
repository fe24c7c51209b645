import Contacts
import TestSchema
import Users

/// The tables of users, and the audit log, whose migration is one of contacts, with its seals.
let usersSchema = UsersMigrations.all + ContactsMigrations.all + AuditMigrations.all
