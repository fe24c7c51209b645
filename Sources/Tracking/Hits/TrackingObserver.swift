package import Foundation
package import JobQueue

/// The device of a hit, as far as decisions ask for it.
package struct HitDevice: Sendable, Equatable {
  package var kind: String?
  package var brand: String?
  /// The name of the operating system.
  package var system: String?
}

/// A hit that was recorded, as observers see it.
package struct RecordedHit: Sendable, Equatable {
  package var id: UUID
  package var contact: Int64
  package var at: Date
  /// The address of the page, or the name of a screen.
  package var url: String
  package var referrer: String
  /// The landing pages of ours as which it counts: the page itself, then the one whose variant it is; empty for a page of
  /// another site.
  package var pages: [Int64]
  package var device: HitDevice?
}

/// An event of an app or a server that was recorded, as observers see it.
package struct RecordedEvent: Sendable, Equatable {
  package var id: UUID
  package var contact: Int64
  package var at: Date
  package var name: String
  /// The properties as texts, by path such as `product.name`.
  package var properties: [String: String]
}

/// An observer of hits, such as campaigns. It is called with sets, in the transaction that records them, in the order of
/// time; a hit that is delivered again is not reported again.
package protocol TrackingObserver: Sendable {
  func visited(_ hits: [RecordedHit], in transaction: Transaction) async throws

  /// Hears of hits and events that were recorded together, each in the order of time.
  func visited(
    _ hits: [RecordedHit], tracked events: [RecordedEvent], in transaction: Transaction
  ) async throws
}

extension TrackingObserver {
  /// Passes over events.
  package func visited(
    _ hits: [RecordedHit], tracked events: [RecordedEvent], in transaction: Transaction
  ) async throws {
    if !hits.isEmpty { try await visited(hits, in: transaction) }
  }
}

/// A visit of a landing page of ours, by a known contact or not.
package struct PageVisit: Sendable, Equatable {
  package var page: Int64
  /// The id of the browser's device; nil where it is not known.
  package var device: String?
  package var at: Date

  package init(page: Int64, device: String?, at: Date) {
    self.page = page
    self.device = device
    self.at = at
  }
}

/// Counts visits of landing pages: each once, in the transaction that records them.
package protocol PageVisitCounter: Sendable {
  func count(_ visits: [PageVisit], in transaction: Transaction) async throws
}
