import Runtime

/// Looks at everything that the work needs, and says what to do about what is wrong: `martlet doctor`, and the console.
package struct Doctor: Sendable {
  private let backends: Backends

  /// Creates a doctor for a process's servers.
  package init(_ backends: Backends) { self.backends = backends }

  /// Returns what was found, by server. A server out of reach is a finding too.
  package func findings() async -> [Finding] {
    var findings = Self.configuration(backends.configuration)
    findings += await PostgresChecks(backends).run()
    findings += await RedisChecks(backends).run()
    findings += await WorkChecks(backends).run()
    findings += await MailChecks(backends).run()
    findings += await BucketChecks(backends).run()
    return findings
  }

  /// The findings about the variables.
  private static func configuration(_ configuration: ProcessConfiguration) -> [Finding] {
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
