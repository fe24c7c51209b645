import Contacts
import TestSchema
import Users

/// The tables of users, and the audit log, whose migration is one of contacts.
let usersSchema = UsersMigrations.all + ContactsMigrations.all
