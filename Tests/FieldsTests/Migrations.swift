import Contacts
import Foundation
import Postgres
import TestSchema
import Users

/// The migrations of fields and the records they describe.
let contactMigrations = UsersMigrations.all + ContactsMigrations.all

/// A fixed instant for tests.
let testNow = Date(timeIntervalSince1970: 1_700_000_000)
