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
      findings = ConfigurationChecks.run(tool.configuration)
      findings += await PostgresChecks(tool).run()
      findings += await RedisChecks(tool).run()
      findings += await WorkChecks(tool).run()
      findings += await MailChecks(tool).run()
      findings += await BucketChecks(tool).run()
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

/// Checks of the variables.
enum ConfigurationChecks {
  static func run(_ configuration: ProcessConfiguration) -> [Finding] {
    var findings = configuration.warnings.map {
      Finding.warning("configuration", $0.description, mend: "correct or remove \($0.variable)")
    }
    findings.append(
      .ok("configuration", "\(Variable.all.count) variables read, \(configuration.environment)"))
    if configuration.environment == .production, configuration.siteURL.contains("//localhost") {
      findings.append(
        .warning(
          "configuration", "links in e-mails will lead to \(configuration.siteURL)",
          mend: "set MARTLET_SITE_URL to the address that your contacts can reach"))
    }
    return findings
  }
}
