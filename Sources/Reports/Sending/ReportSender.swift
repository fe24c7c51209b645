import Contacts
import Foundation
import JobQueue
import Mail
import Primitives
import Users

/// Handles ``SendReport``: the rows that the user who changed the report last may see go to its addresses.
struct ReportSender: Sendable {
  let store: ReportStore
  let reader: ReportReader
  let site: String
  let user: @Sendable (Int64) async throws -> User?

  func send(_ job: SendReport, _ context: JobContext) async throws {
    guard let report = try await store.find(job.report), report.values.isPublished,
      report.values.schedule.isActive || report.values.schedule.unit == .now,
      let author = report.dates.modifiedBy ?? report.dates.createdBy,
      let user = try await user(author), user.isPublished
    else {
      context.logger.notice(
        "a report is not sent: it is gone, or nobody's", metadata: ["report": "\(job.report)"])
      return try await context.complete()
    }
    let letter = ReportLetter(
      report: report, window: try Self.window(report.values.schedule.unit, job.due), site: site)
    let body = try await body(of: letter, for: user)
    let seconds = Int(saturating: job.due.timeIntervalSince1970)
    try await context.complete { transaction in
      do {
        // The key holds for one time, so that a second delivery sends nothing.
        try await EmailDispatcher.notify(
          UserNotification(
            key: "report-\(report.id)-\(seconds)",
            content: .text(subject: letter.subject, body: body),
            addresses: report.values.schedule.addresses), in: transaction)
      } catch is NoticeError {
        context.logger.notice(
          "a report has no address", metadata: ["report": "\(report.id)"])
      }
    }
  }

  private func body(of letter: ReportLetter, for user: User) async throws -> String {
    do {
      let statement = try await reader.statement(
        letter.report.values, within: letter.window, for: user.rights, user: user.id)
      let page = try await reader.page(statement, start: 0, limit: ReportLetter.rows)
      return letter.body(statement, page.rows, total: page.total)
    } catch let error as ReportError {
      return letter.body(because: error.description)
    } catch let error as InvalidInput {
      return letter.body(because: error.description)
    }
  }

  /// What has passed since the time before: a day, a week or 31 days, and 30 days of a report that is sent but once.
  private static func window(
    _ unit: ReportSchedule.Unit?, _ due: Date
  ) throws(InvalidInput) -> ReportWindow {
    let days: Double =
      switch unit {
      case .daily: 1
      case .weekly: 7
      case .monthly: 31
      case .now, nil: 30
      }
    return try ReportWindow(from: due - days * 86_400, to: due - 1)
  }
}
