import Contacts
import JobQueue
import Postgres
import Primitives

/// Submissions that come at the same time share a transaction, so that its statements and its commit are paid for once,
/// where each has a contact that is new, or one that exists and that nothing else is merged with. What cannot be stored
/// together is stored alone.
final class SharedSubmissions: Sendable {
  private enum Lane { case all }
  private enum Outcome {
    case stored(FormReceipt)
    /// Nothing was written: this one needs a transaction of its own.
    case alone
  }

  private let editor: ContactEditor
  private let visitors: any FormVisitors
  private let shared: Coalescer<Lane, SubmissionWriter, Outcome>

  init(editor: ContactEditor, visitors: any FormVisitors) {
    self.editor = editor
    self.visitors = visitors
    let group = GroupSubmission(editor: editor, visitors: visitors)
    shared = Coalescer(
      concurrency: 4, patience: .milliseconds(3), size: 64,
      isRepeatable: { ($0 as? PostgresError)?.mayHaveBeenApplied != true }
    ) { _, writers in
      do {
        return try await group.store(writers).map { $0.map(Outcome.stored) ?? .alone }
      } catch  where !ErrorCause.isElsewhere(error) || Self.isCollision(error) {
        // Perhaps the error of one of them, or an identifier or a token that was taken at this moment.
        return writers.map { _ in .alone }
      }
    }
  }

  /// Whether a transaction was undone since it collided with others, which one submission alone may not.
  private static func isCollision(_ error: any Error) -> Bool {
    guard let error = error as? PostgresError, !error.mayHaveBeenApplied else { return false }
    return error.sqlState == .deadlockDetected || error.sqlState == .serializationFailure
  }

  /// Stores a submission.
  ///
  /// - Throws: ``RepeatedSubmission``, `InvalidInput`, `PostgresError`.
  func store(_ writer: SubmissionWriter) async throws -> FormReceipt {
    let isGrouped =
      if !writer.isSimple { false } else if !writer.isTracked { true } else {
        try await visitors.namesNobody(writer.request.visit)
      }
    if isGrouped, case .stored(let receipt) = try await shared.answer(writer, in: .all) {
      return receipt
    }
    let receipt = try await editor.visit(
      writer.input, activeAt: writer.request.at, from: writer.origin
    ) {
      try await writer.find(in: $0)
    } then: {
      try await writer.write(of: $0, in: $1)
    }
    guard let receipt else { throw RepeatedSubmission() }
    return receipt
  }
}
