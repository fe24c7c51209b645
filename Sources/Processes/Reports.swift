import Reports
import Runtime

extension Backends {
  /// When reports are sent: by the installation's time zone.
  var reportTiming: ReportTiming {
    ReportTiming { [settings] in try await settings.value(.timeZone) }
  }
}
