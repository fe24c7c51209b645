import Foundation
import JobQueue

/// `/api/doctor` (API page, 11.5): what is wrong with the installation, and what to do about it.
struct DoctorRoutes: Sendable {
  let services: OperatorServices
  let memory: DoctorMemory
  let clock: WallClock

  init(services: OperatorServices, clock: WallClock) {
    self.services = services
    self.clock = clock
    memory = DoctorMemory(services.findings)
  }

  var routes: [Route] {
    [
      Route(.get, "/api/doctor", needs: .administrator) { request in
        let report = await memory.report(isFresh: request.query["fresh"]?.truth == true, clock.now)
        return APIResponse(json: [
          "dateChecked": JSONValue(report.at),
          "failures": .int(report.findings.count { $0.level == "failure" }),
          "warnings": .int(report.findings.count { $0.level == "warning" }),
          "findings": .array(
            report.findings.map {
              [
                "level": .string($0.level), "check": .string($0.check),
                "found": .string($0.found), "mend": JSONValue($0.mend),
              ]
            }),
        ])
      }.described(
        "Check the installation", query: "fresh:truth",
        answer: "dateChecked:date? failures:integer warnings:integer findings:list")
    ]
  }
}

/// Keeps what the doctor found for a while: its checks write to the servers and measure clocks, and pages ask often.
actor DoctorMemory {
  /// What was found, and when.
  struct Report: Sendable {
    var at: Date
    var findings: [OperatorServices.Finding]
  }

  /// How long a report is shown again.
  private static let validity = Duration.seconds(30)

  private let find: @Sendable () async -> [OperatorServices.Finding]
  private var last: (report: Report, instant: ContinuousClock.Instant)?
  private var running: Task<Report, Never>?

  init(_ find: @escaping @Sendable () async -> [OperatorServices.Finding]) { self.find = find }

  /// - Parameter isFresh: Whether a report of a moment ago does not do. Those who ask at once share one.
  func report(isFresh: Bool, _ now: Date) async -> Report {
    if let running { return await running.value }
    if !isFresh, let last, .now - last.instant < Self.validity { return last.report }
    let task = Task { [find] in Report(at: now, findings: await find()) }
    running = task
    let report = await task.value
    last = (report, .now)
    running = nil
    return report
  }
}
