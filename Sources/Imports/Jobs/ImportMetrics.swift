import Metrics

/// The metrics of imports on the operator's port.
struct ImportMetrics: Sendable {
  private let inserted = Counter(
    label: "martlet_contacts_imported_total", dimensions: [("outcome", "inserted")])
  private let updated = Counter(
    label: "martlet_contacts_imported_total", dimensions: [("outcome", "updated")])
  private let ignored = Counter(
    label: "martlet_contacts_imported_total", dimensions: [("outcome", "ignored")])

  func count(_ outcome: ContentsWriter.Outcome) {
    inserted.increment(by: outcome.inserted)
    updated.increment(by: outcome.updated)
    ignored.increment(by: outcome.failed.count)
  }
}
