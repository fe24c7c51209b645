import Postgres
import Synchronization

/// The pages that visitors come to again and again, cut at their tokens; valid until the page is changed.
final class PageTemplateCache: Sendable {
  private struct Kept {
    var template: PageTemplate
    var revision: Int
  }

  /// The maximum number of pages, and of bytes of their contents; then all are forgotten.
  private static let (capacity, capacityBytes) = (500, 16 << 20)
  private let kept = Mutex<[Int64: Kept]>([:])
  private let pool: PostgresPool

  init(pool: PostgresPool) { self.pool = pool }

  /// Returns the content of a page; nil if it was deleted meanwhile.
  ///
  /// - Throws: `PostgresError`.
  func template(of page: PageOutline) async throws -> PageTemplate? {
    let known = kept.withLock { $0[page.id] }
    if let known, known.revision == page.revision { return known.template }
    guard let content = try await PageOutlineStore.content(of: page.id, in: pool) else {
      return nil
    }
    let template = PageTemplate(content.html, of: page)
    // A change between the two reads belongs to the next visitor.
    guard content.revision == page.revision else { return template }
    kept.withLock { kept in
      let bytes = kept.values.reduce(template.size) { $0 + $1.template.size }
      if kept.count >= Self.capacity || bytes > Self.capacityBytes { kept = [:] }
      kept[page.id] = Kept(template: template, revision: page.revision)
    }
    return template
  }
}
