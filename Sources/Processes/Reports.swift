import Fields
import Reports
import Runtime

extension Backends {
  /// The store of reports, which are sent by the installation's time zone.
  func reports(fields: FieldStore) -> ReportStore {
    ReportStore(
      transactions: jobs.transactions, fields: fields, tables: registries.statsTables,
      timing: ReportTiming { [settings] in try await settings.value(.timeZone) })
  }
}
