import Foundation
import JobQueue
import Postgres
import Primitives
import Users

/// Creations of contacts that come at the same time share a transaction, so that its statements and its commit are
/// paid for once.
final class SharedCreations: Sendable {
  private struct Lane: Hashable {
    var author: Author
    var source: String
  }
  private struct Request {
    var input: ContactInput
    var instant: Date
  }
  private enum Outcome {
    case written(Contact, isNew: Bool)
    /// Nothing was written: this one needs a transaction of its own.
    case alone
  }

  private let changes: ContactChangeRunner
  private let shared: Coalescer<Lane, Request, Outcome>

  init(_ changes: ContactChangeRunner) {
    self.changes = changes
    let creation = GroupCreation(changes: changes)
    shared = Coalescer(
      concurrency: 4, patience: .milliseconds(3), size: 64,
      isRepeatable: { ($0 as? PostgresError)?.mayHaveBeenApplied != true }
    ) { lane, requests in
      func origin(_ request: Request) -> ContactOrigin {
        ContactOrigin(lane.author, source: lane.source, now: request.instant)
      }
      if requests.count == 1 {
        let (contact, isNew) = try await changes.upsert(
          requests[0].input, from: origin(requests[0]))
        return [.written(contact, isNew: isNew)]
      }
      do {
        let created = try await creation.create(
          requests.map(\.input), from: origin(requests[requests.count - 1]))
        return created.map { contact in contact.map { .written($0, isNew: true) } ?? .alone }
      } catch  where !ErrorCause.isElsewhere(error) {
        // Perhaps the error of one of them, or an identifier that was taken at this moment.
        return requests.map { _ in .alone }
      }
    }
  }

  /// Creates a contact, or changes the one with the given unique identifiers.
  func upsert(
    _ input: ContactInput, from origin: ContactOrigin
  ) async throws -> (contact: Contact, isNew: Bool) {
    guard input.isSimple, origin.changeable == .all else {
      return try await changes.upsert(input, from: origin)
    }
    let outcome = try await shared.answer(
      Request(input: input, instant: origin.now),
      in: Lane(author: origin.author, source: origin.source))
    return switch outcome {
    case .written(let contact, let isNew): (contact, isNew)
    case .alone: try await changes.upsert(input, from: origin)
    }
  }
}
