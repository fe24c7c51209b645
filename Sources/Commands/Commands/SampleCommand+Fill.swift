import ArgumentParser
import Runtime

extension SampleCommand {
  /// `martlet sample fill`
  struct Fill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fill",
      abstract: "Fills an installation with the example of a coffee roaster, through its API.",
      discussion: """
        Makes users, roles, categories, tags, stages, fields, companies, segments, assets, forms, \
        landing pages, e-mails with an A/B test and a translation, dynamic contents, campaigns, \
        points, reports and webhooks; then people visit a website, sign up, read and click by the \
        public addresses, lists are imported with rows that fail, letters go out to segments. \
        With --days the weeks pass one day after the other by the test clock (every process, and \
        this command, with MARTLET_TEST_CLOCK=1, outside of production), so that charts have a \
        history; without it everything happens now. All addresses of contacts end in .example or \
        example.com, .org, .net; the e-mails go wherever the installation sends e-mails.

        What is there by its name is left alone, and activity is made once: a second call makes \
        nothing twice. A call that was interrupted in the middle of the days does not make the \
        rest of them up. The same seed makes the same people and the same choices; what goes on \
        at the same time may get its ids in another order.

        So that visitors have addresses of their own, let the setting trusted_proxies name this \
        machine's. Nobody knows the passwords of the users it makes.
        """)

    @OptionGroup var remote: RemoteOptions

    @Option(help: "Days of history, 0 to 60.")
    var days = 0

    @Option(help: "New visitors a day, 1 to 200.")
    var visitors = 10

    @Option(help: "Examples with the same seed have the same people.")
    var seed: UInt64 = 1

    func validate() throws {
      guard (0...60).contains(days) else {
        throw ValidationError("--days is a number from 0 to 60, not \(days)")
      }
      guard (1...200).contains(visitors) else {
        throw ValidationError("--visitors is a number from 1 to 200, not \(visitors)")
      }
    }

    func run() async throws {
      guard let api = try remote.api() else {
        throw CommandFailure("name the API: --url or MARTLET_API_URL", status: .usage)
      }
      let sample = try SampleAPI(url: api.url, user: api.user, password: api.password)
      guard days > 0 else { return try await fill(sample, SampleClock(nil)) }
      try await Tool.run { tool in
        guard let clock = tool.backends.testClock else {
          throw CommandFailure(
            "--days moves the test clock: set MARTLET_TEST_CLOCK=1 for every process and here",
            status: .usage)
        }
        try await fill(sample, SampleClock(clock))
      }
    }

    private func fill(_ api: SampleAPI, _ clock: SampleClock) async throws {
      let life = SampleLife(api: api, clock: clock, seed: seed, days: days, visitors: visitors)
      let (created, lived) = try await life.run()
      Console.line(
        "\(created) records made" + (lived ? "; \(days + 1) days lived through" : ", no activity"))
    }
  }
}
