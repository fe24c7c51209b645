import Contacts
import Foundation
import Postgres
import TestSchema
import Users

/// The migrations that fields with the records they describe need.
let contactMigrations = UsersMigrations.all + ContactsMigrations.all

/// A fixed instant for what has to have one.
let testNow = Date(timeIntervalSince1970: 1_700_000_000)
