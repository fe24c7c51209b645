package import JobQueue

/// What operators are told that only the process knows which serves the API: it is composed of more than the API sees.
package struct OperatorServices: Sendable {
  /// The result of a check.
  package struct Finding: Sendable {
    /// `ok`, `warning` or `failure`.
    var level: String
    /// The thing checked.
    var check: String
    /// The state found.
    var found: String
    /// The remedy; nil where nothing is wrong.
    var mend: String?

    /// Creates a finding.
    package init(level: String, check: String, found: String, mend: String?) {
      self.level = level
      self.check = check
      self.found = found
      self.mend = mend
    }
  }

  /// The difference of a server's clock from this machine's.
  package struct Clock: Sendable {
    var server: String
    /// Positive where the server is ahead.
    var seconds: Double
    /// Half of the time that it took to ask.
    var uncertainty: Double

    /// Creates a difference.
    package init(server: String, seconds: Double, uncertainty: Double) {
      self.server = server
      self.seconds = seconds
      self.uncertainty = uncertainty
    }
  }

  /// What the doctor finds.
  let findings: @Sendable () async -> [Finding]
  /// The jobs that schedulers enqueue periodically.
  let periodic: [PeriodicJob]
  /// The clocks of the servers.
  let clocks: @Sendable () async throws -> [Clock]

  /// Creates the services.
  package init(
    periodic: [PeriodicJob], findings: @escaping @Sendable () async -> [Finding],
    clocks: @escaping @Sendable () async throws -> [Clock]
  ) {
    self.periodic = periodic
    self.findings = findings
    self.clocks = clocks
  }
}
