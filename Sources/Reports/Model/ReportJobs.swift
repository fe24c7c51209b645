import Foundation
import JobQueue

/// The jobs of reports that are sent.
package enum ReportJobs {
  /// The queue of reports.
  package static let queue = "reports"
}

/// Plans the sending of the reports that are due.
struct SendDueReports: DurableJob {
  static let name = "reports.due"
  static let queue = ReportJobs.queue
}

/// Sends a report once for the time at which it was due.
struct SendReport: DurableJob {
  static let name = "report.send"
  static let queue = ReportJobs.queue

  let report: Int64
  let due: Date
}
