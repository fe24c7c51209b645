import JobQueue
import Primitives

/// Reads of contacts that come at the same time share statements: those of single contacts whichever they are, those of
/// pages of the whole list if they are of the same page.
final class SharedReads: Sendable {
  private struct Page: Hashable {
    var start: Int
    var limit: Int
  }

  /// The time in which a statement ends unless something is slow.
  private static let patience = Duration.milliseconds(5)

  let statements: ContactStatements
  private let contacts: Coalescer<Bool, Int64, Contact?>
  private let pages: Coalescer<Page, Void, ContactPage>

  init(_ statements: ContactStatements) {
    self.statements = statements
    contacts = Coalescer(concurrency: 4, patience: Self.patience, size: 64) { _, ids in
      let found = try await statements.contacts(ids)
      let contacts = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      return ids.map { contacts[$0] }
    }
    pages = Coalescer(concurrency: 2, patience: Self.patience, size: 64) { page, callers in
      let found = try await statements.newest(page.start, page.limit)
      return callers.map { found }
    }
  }

  /// Returns the contact with an id; nil if it does not exist.
  func contact(_ id: Int64) async throws -> Contact? {
    do {
      return try await contacts.answer(id, in: true)
    } catch  where !ErrorCause.isElsewhere(error) {
      // Perhaps the error of another contact.
      return try await statements.contacts([id]).first
    }
  }

  /// Returns a page of all contacts in the default order.
  func newest(_ start: Int, _ limit: Int) async throws -> ContactPage {
    try await pages.answer((), in: Page(start: start, limit: limit))
  }
}
