/// Work on a set of items of which one may make it fail.
public enum ItemIsolation {
  /// The result of such work.
  public struct Outcome<Item: Sendable, R: Sendable>: Sendable {
    /// The results of the parts that succeeded, in order.
    public var results: [R] = []
    /// The items that fail alone, with their errors.
    public var failures: [(item: Item, error: any Error)] = []
  }

  /// Runs a body for items in a savepoint; if an item makes it fail, for halves of them, until that item is
  /// alone and left out.
  ///
  /// - Parameters:
  ///   - items: The items.
  ///   - transaction: The transaction. Jobs that a failed part added are dropped.
  ///   - limit: The number of failures that one outcome may have; more are taken for a fault of the work, whose
  ///     error is thrown.
  ///   - remember: Notes the state outside of the database and returns a closure that restores it.
  ///   - body: The work on a part of the items.
  /// - Throws: An error that is not the items' (``ErrorCause``).
  public static func run<Item: Sendable, R: Sendable>(
    _ items: [Item], in transaction: Transaction, limit: Int = .max,
    remember: () -> (() -> Void) = { {} }, _ body: ([Item]) async throws -> R
  ) async throws -> Outcome<Item, R> {
    var outcome = Outcome<Item, R>()
    // The next part is the last.
    var parts = items.isEmpty ? [] : [items]
    while let part = parts.popLast() {
      let (jobs, undo) = (transaction.outbox.snapshot, remember())
      do {
        outcome.results.append(try await transaction.savepoint { _ in try await body(part) })
      } catch {
        transaction.outbox.restore(jobs)
        undo()
        if ErrorCause.isElsewhere(error) { throw error }
        if part.count == 1 {
          outcome.failures.append((part[0], error))
          if outcome.failures.count > limit { throw error }
        } else {
          let middle = part.count / 2
          parts.append(Array(part[middle...]))
          parts.append(Array(part[..<middle]))
        }
      }
    }
    return outcome
  }

  /// Runs a body that only reads for items; if an item makes it fail, for halves of them, until that item is alone and
  /// left out.
  ///
  /// - Throws: An error that is not the items' (``ErrorCause``).
  public static func read<Item: Sendable, R: Sendable>(
    _ items: [Item], isolation: isolated (any Actor)? = #isolation,
    _ body: ([Item]) async throws -> R
  ) async throws -> Outcome<Item, R> {
    var outcome = Outcome<Item, R>()
    // The next part is the last.
    var parts = items.isEmpty ? [] : [items]
    while let part = parts.popLast() {
      do {
        outcome.results.append(try await body(part))
      } catch {
        if ErrorCause.isElsewhere(error) { throw error }
        if part.count == 1 {
          outcome.failures.append((part[0], error))
        } else {
          let middle = part.count / 2
          parts.append(Array(part[middle...]))
          parts.append(Array(part[..<middle]))
        }
      }
    }
    return outcome
  }
}
