import Testing

@testable import Postgres

@Suite struct ConfigurationTests {
  @Test func readsAddressesOfBothForms() throws {
    let uri = try PostgresConfiguration(url: "postgres://ann:secret@db.example:6432/martlet")
    #expect(uri.place == "db.example:6432/martlet")
    let words = try PostgresConfiguration(url: "host=/tmp dbname=m options='-c work_mem=1MB'")
    #expect(words.place == "/tmp:5432/m")
    let options = words.parameters.last
    #expect(options?.keyword == "options")
    #expect(options?.value.hasPrefix("-c work_mem=1MB") == true)
  }

  @Test func limitsBecomeSettingsOfTheSession() throws {
    var configuration = try PostgresConfiguration(url: "postgres:///m")
    configuration.statementTimeout = .seconds(2)
    configuration.lockTimeout = .microseconds(1)
    configuration.idleInTransactionTimeout = .milliseconds(1500)
    let options = configuration.parameters.last?.value ?? ""
    #expect(options.contains("-c statement_timeout=2000"))
    #expect(options.contains("-c lock_timeout=1"), "never 0, which is no limit")
    #expect(options.contains("-c idle_in_transaction_session_timeout=1500"))
  }

  @Test(arguments: ["postgres://h/db?sslmod=secret", "nonsense", "host='secret"])
  func addressesThatMakeNoSenseAreRefusedWithoutBeingQuoted(url: String) {
    let error = #expect(throws: PostgresError.self) { try PostgresConfiguration(url: url) }
    #expect(error?.code == .configuration)
    #expect(error?.description.contains("secret") == false)
  }
}
