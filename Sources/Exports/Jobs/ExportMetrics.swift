import Metrics

/// The metrics of exports on the operator's port.
struct ExportMetrics: Sendable {
  private let contacts = Counter(label: "martlet_contacts_exported_total")
  private let bytes = Counter(label: "martlet_export_bytes_total")

  func count(contacts number: Int64, bytes size: Int64) {
    contacts.increment(by: number)
    bytes.increment(by: size)
  }
}
