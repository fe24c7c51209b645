import Contacts
import Logging
import Places
import Primitives
import Runtime
import Synchronization

/// Looks up places in the database that the settings name.
final class PlaceLookup: Sendable {
  private let settings: Settings
  private let databases = PlaceDatabases()
  private let logger: Logger
  /// The problem that was logged last; the same one is not logged again.
  private let problem = Mutex<String?>(nil)

  init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// - Returns: What is known of each address, by the names on the wire; nil without a database that can be read.
  /// - Throws: The database's error, where the setting cannot be read.
  func places(of addresses: [String]) async throws -> [[String: String]]? {
    let path = try await settings.value(.placeDatabase)
    guard !path.isEmpty else { return nil }
    do throws(PlaceDatabaseError) {
      let database = try databases.database(path)
      let found = addresses.map { details(of: $0, in: database) }
      return found
    } catch {
      note(error)
      return nil
    }
  }

  /// What is known of an address; nothing for one whose record is malformed, so that it does not block the others.
  private func details(of address: String, in database: PlaceDatabase) -> [String: String] {
    guard let known = IPAddress(address) else { return [:] }
    do throws(PlaceDatabaseError) {
      return try database.find(known)?.details ?? [:]
    } catch {
      note(error)
      return [:]
    }
  }

  private func note(_ error: PlaceDatabaseError) {
    let isNew = problem.withLock { known in
      defer { known = error.description }
      return known != error.description
    }
    guard isNew else { return }
    logger.error("places are not looked up", metadata: ["error": "\(error)"])
  }
}
