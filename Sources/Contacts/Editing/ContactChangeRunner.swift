import Fields
import JobQueue
import Postgres

/// Runs changes of single contacts, each in a transaction of its own.
struct ContactChangeRunner: Sendable {
  let transactions: TransactionRunner
  let fields: FieldStore
  let settings: @Sendable () async throws -> ContactSettings
  let merger: ContactMerger

  /// Creates a contact, or changes the one with the given unique identifiers.
  func upsert(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isNew: Bool) {
    try await run(input, .upsert, origin) { work in
      let outcome = try await work.upsert()
      return (try await work.contact(outcome), outcome.isNew)
    }
  }

  /// Runs a change, and repeats it if another transaction interfered.
  func run<R: Sendable>(
    _ input: ContactInput, _ mode: ContactEditMode, _ origin: ContactOrigin,
    _ body: (ContactWork) async throws -> R
  ) async throws -> R {
    let settings = try await settings()
    var attempt = 1
    while true {
      do {
        // The definitions that this process knows are proved current by the first statement.
        let result = try await fields.read { definitions -> (result: R?, version: Int64?) in
          do {
            let result = try await transactions.transaction(at: origin.now) { transaction in
              let draft = try ContactDraft(
                input, mode: mode, fields: definitions, lists: settings.lists)
              return try await body(
                ContactWork(
                  draft: draft, settings: settings, origin: origin, fields: definitions,
                  merger: merger, transaction: transaction))
            }
            return (result, nil)
          } catch let error as ContactWork.OutOfDate {
            return (nil, error.version)
          } catch let error as InvalidInput {
            // Perhaps only by definitions that have changed since.
            let version = try await fields.current().version
            guard version != definitions.version else { throw error }
            return (nil, version)
          }
        }
        if let result { return result }
        throw ContactWork.Moved()
      } catch {
        guard attempt < 10, error is ContactWork.Moved || ContactIdentity.isRace(error) else {
          throw error
        }
        attempt += 1
      }
    }
  }
}
