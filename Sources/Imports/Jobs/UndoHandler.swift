import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Users

/// The handler of ``UndoImport`` (IMP-75).
///
/// Contacts are looked at in the order of their ids, some at a time. How far it has come is written in the transaction
/// that removes them, so whoever takes the job over goes on there, and each contact is counted once.
struct UndoHandler: Sendable {
  let fields: FieldStore
  /// Further conditions under which a contact counts as touched.
  let activity: [SQL]
  /// The number of contacts per transaction.
  let stepSize: Int

  func handle(_ job: UndoImport, _ context: JobContext) async throws {
    while true {
      try context.checkLease()
      let undo = try await context.transaction { transaction in
        try await step(job.importID, in: transaction)
      }
      guard let undo, undo.dateEnded == nil else { return try await context.complete { _ in } }
      context.progress(done: Int64(undo.removedCount + undo.keptCount))
    }
  }

  /// Looks at the next contacts.
  ///
  /// - Returns: How far it has come; nil if the import was deleted.
  private func step(_ id: Int64, in transaction: Transaction) async throws -> ImportUndo? {
    let connection = transaction.connection
    guard var undo = try await ImportStore.undo(of: id, on: connection, lock: true) else {
      return nil
    }
    guard undo.dateEnded == nil else { return undo }
    let item: Import
    do {
      item = try await ImportStore.read(id, on: connection)
    } catch let error as ImportError where error.code == .notFound {
      return nil
    }
    guard let range = item.reservedIDs, let made = item.dateStarted else {
      undo.dateEnded = transaction.now
      try await ImportStore.writeUndo(undo, of: id, in: transaction)
      return undo
    }
    let next = try await ImportStore.contacts(
      ids: range, after: undo.lastID, limit: stepSize, on: connection)
    if let last = next.last {
      let found = try await UntouchedContactStore.lock(next, on: connection)
      let untouched = try await UntouchedContactStore.filter(
        found, made: made, by: id,
        mapsModified: item.fields.values.contains(SpecialAttribute.dateModified.rawValue),
        others: activity, on: connection)
      let actor = try await ImportStore.undoActor(of: id, on: connection)
      try await ContactDeletion.delete(
        untouched, fields: try await fields.current(on: connection),
        by: Author(id: actor.id, name: actor.name), in: transaction)
      undo.removedCount += untouched.count
      undo.keptCount += found.count - untouched.count
      undo.lastID = last
    }
    if next.count < stepSize { undo.dateEnded = transaction.now }
    try await ImportStore.writeUndo(undo, of: id, in: transaction)
    return undo
  }
}
