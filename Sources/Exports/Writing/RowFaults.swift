import JobQueue
import Postgres

/// Finds the contacts whose rows cannot be formed (EXP-24): reads the ids in halves, until such a contact stands alone.
///
/// For one contact among a million that costs about two readings of all.
struct RowFaults: Sendable {
  let snapshot: Snapshot

  /// Finds them in a snapshot of its own.
  ///
  /// - Returns: The contacts; more than ``LeftOutContact/most`` are not looked for. None if the fault is not a row's.
  /// - Throws: An error that is not the contacts' (`ErrorCause`).
  func find(with configuration: PostgresConfiguration, _ context: JobContext) async throws
    -> [LeftOutContact]
  {
    try await PostgresConnection.with(configuration, logger: context.logger) { connection in
      try await connection.transaction(isolation: .repeatableRead) { connection in
        guard try await snapshot.begin(on: connection) > 0,
          let all = try await snapshot.ids(on: connection),
          // What fails without any row is the statement's fault.
          try await fault(in: -1 ... -1, on: connection) == nil
        else { return [] }
        return try await search(all, on: connection, context)
      }
    }
  }

  private func search(
    _ all: ClosedRange<Int64>, on connection: PostgresConnection, _ context: JobContext
  ) async throws -> [LeftOutContact] {
    var found: [LeftOutContact] = []
    // The next range is the last.
    var ranges = [all]
    while let range = ranges.popLast(), found.count <= LeftOutContact.most {
      try context.checkLease()
      guard let reason = try await fault(in: range, on: connection) else { continue }
      guard range.lowerBound < range.upperBound else {
        found.append(LeftOutContact(range.lowerBound, reason))
        continue
      }
      let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
      ranges.append(middle + 1...range.upperBound)
      ranges.append(range.lowerBound...middle)
    }
    return found
  }

  /// Reads the rows of a range and forgets them. Returns what was wrong with one of them.
  private func fault(
    in ids: ClosedRange<Int64>, on connection: PostgresConnection
  ) async throws -> String? {
    do {
      try await connection.savepoint {
        try await snapshot.read(as: .text, ids, on: $0) { _ in }
      }
      return nil
    } catch {
      if ErrorCause.isElsewhere(error) { throw error }
      return ExportError.reason(error)
    }
  }
}
