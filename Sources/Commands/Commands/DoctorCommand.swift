import ArgumentParser
import Processes
import Runtime

/// `martlet doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks the installation and says how to mend what is wrong.",
    discussion: "Exit status 1 where something must be mended; warnings alone leave it 0.")

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let findings = try await gather()
    if output.json {
      try Console.json(findings)
    } else {
      for finding in findings { show(finding) }
    }
    if findings.contains(where: { $0.level == .failure }) { throw ExitCode(1) }
  }

  private func gather() async throws -> [Finding] {
    do {
      _ = try ProcessConfiguration.load(.tool)
    } catch {
      // Without a configuration there is nothing else to look at.
      return error.problems.map {
        .failure("configuration", $0.description, mend: "correct \($0.variable)")
      }
    }
    var findings: [Finding] = []
    try await Tool.run(warns: false) { tool in
      findings = await Doctor(tool.backends).findings()
    }
    return findings
  }

  private func show(_ finding: Finding) {
    let mark =
      switch finding.level {
      case .ok: "ok  "
      case .warning: "warn"
      case .failure: "FAIL"
      }
    Console.line("\(mark)  \(finding.check): \(finding.found)")
    if let mend = finding.mend { Console.line("      → \(mend)") }
  }
}
