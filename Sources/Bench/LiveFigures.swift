import Foundation
package import Postgres

/// Browsers that watch the page of a campaign while contacts run through it (CSL-1).
package struct LiveFigures {
  /// What was seen.
  package struct Report: Sendable {
    /// Events that were done.
    package var done = 0
    /// The seconds in which they were.
    package var seconds = 0.0
    /// Pushes to all browsers together.
    package var pushes = 0
    /// The longest that a browser showed less than the truth, in seconds.
    package var lag = 0.0
    /// The most memory of the API above that when the browsers had come, in bytes.
    package var memoryGrowth = 0
    /// The memory of the API when the browsers had come, in bytes.
    package var memory = 0
    /// The statements of one look at the truth, for one browser and for all; nil where the server does not count them.
    package var statementsAlone: Double?
    package var statementsTogether: Double?
    /// Looks a second, for all browsers; nil where the server does not count statements.
    package var looksPerSecond: Double?
  }

  /// The first statement of a look, as the server's statistics show it.
  private static let look = "%sum(added - removed)%FROM campaign_member_hours%"
  /// The statements of a look: those of the API that read campaigns.
  private static let statements = "%campaign%"
  private static let looks = 6

  let pool: PostgresPool
  let crew: BenchCrew
  let watchers: Int

  /// - Parameters:
  ///   - pool: A pool of the database of the programs.
  ///   - crew: The programs; none is started yet, and the schema is up to date.
  ///   - watchers: The number of browsers.
  package init(pool: PostgresPool, crew: BenchCrew, watchers: Int) {
    (self.pool, self.crew, self.watchers) = (pool, crew, watchers)
  }

  /// Makes contacts and a campaign of three events, and watches it until all are done.
  package func run(contacts: Int) async throws -> Report {
    try await prepare(contacts)
    try crew.start("martlet-api")
    let browser = try await BenchBrowser(port: crew.port)
    let campaign = try await browser.make("campaigns", "campaign", Self.campaign)
    let request = browser.get("/console/live/campaigns/\(campaign)")
    var report = Report()

    // Nothing moves yet: what is read is read for browsers alone.
    let first = try EventStream(port: crew.port, request)
    try await arrive([first])
    report.statementsAlone = try await statementsOfLook()?.perLook
    var streams = [first]
    for _ in 1..<max(2, watchers) { streams.append(try EventStream(port: crew.port, request)) }
    try await arrive(streams)
    if let counted = try await statementsOfLook() {
      report.statementsTogether = counted.perLook
      report.looksPerSecond = counted.perSecond
    }
    report.memory = crew.memory

    try crew.start("martlet-scheduler")
    for _ in 0..<2 { try crew.start("martlet-worker") }
    let start = ContinuousClock.now
    try await browser.send("PATCH", "/api/campaigns/\(campaign)/edit", #"{"isPublished":true}"#)
    let truth = try await follow(campaign, until: contacts * 3, streams, &report)
    report.seconds = (ContinuousClock.now - start).seconds
    report.done = contacts * 3
    for stream in streams { stream.leave() }
    report.pushes = streams.reduce(0) { $0 + $1.readings.count }
    report.lag = streams.map { Self.lag(of: $0.readings, behind: truth) }.max() ?? 0
    return report
  }

  /// Contacts in a segment, each with points, a condition and a tag before it.
  private func prepare(_ contacts: Int) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, city)
      SELECT n, '2026-01-01Z', '2026-01-01Z', n || '@example.com', 'Vienna'
      FROM generate_series(1, \(contacts)) AS n
      """)
    try await pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, date_added)
      VALUES (1, 'Watched', 'Watched', 'watched', '2026-01-01Z')
      """)
    try await pool.query(
      """
      INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      SELECT n, 1, true, '2026-01-01Z' FROM generate_series(1, \(contacts)) AS n
      """)
    try await pool.query("SELECT setval('contacts_id_seq', \(contacts)::bigint)")
    try await pool.query("SELECT setval('segments_id_seq', 1)")
    try await pool.query("VACUUM ANALYZE contacts, segment_members")
  }

  private static let campaign = """
    {"name":"Watched","isPublished":false,"lists":[1],"events":[
    {"id":"new1","name":"points","type":"lead.changepoints","eventType":"action","order":1,
     "properties":{"points":1},"triggerMode":"immediate"},
    {"id":"new2","name":"asks","type":"lead.field_value","eventType":"condition","order":2,
     "parent":"new1","properties":{"field":"city","operator":"=","value":"Vienna"},"triggerMode":"immediate"},
    {"id":"new3","name":"tags","type":"lead.changetags","eventType":"action","order":3,
     "parent":"new2","decisionPath":"yes","properties":{"add_tags":["watched"]},"triggerMode":"immediate"}]}
    """

  /// Waits until each browser shows something.
  private func arrive(_ streams: [EventStream]) async throws {
    let latest = ContinuousClock.now + .seconds(60)
    while streams.contains(where: { $0.readings.isEmpty }) {
      if let end = streams.lazy.compactMap(\.end).first { throw BenchError(end) }
      guard ContinuousClock.now < latest else { throw BenchError("a browser is shown nothing") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Reads the truth again and again until a number of events is done and all browsers show it.
  private func follow(
    _ campaign: Int64, until goal: Int, _ streams: [EventStream], _ report: inout Report
  ) async throws -> [EventStream.Reading] {
    var truth: [EventStream.Reading] = []
    let latest = ContinuousClock.now + .seconds(1_200)
    while true {
      let done: Int = try await pool.query(
        """
        SELECT coalesce(sum(executed), 0)::bigint FROM campaign_event_counts
        WHERE campaign_id = \(campaign)
        """)[0].decode(at: 0)
      // Later than the count was true: a browser is not said to be slower than it is.
      if done != truth.last?.done { truth.append(.init(at: ContinuousClock.now, done: done)) }
      report.memoryGrowth = max(report.memoryGrowth, crew.memory - report.memory)
      if done >= goal, streams.allSatisfy({ $0.readings.last?.done == done }) { return truth }
      if let end = streams.lazy.compactMap(\.end).first { throw BenchError(end) }
      guard ContinuousClock.now < latest else { throw BenchError("the campaign came to a halt") }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// The longest time from a count's being true until a browser showed it or more.
  static func lag(of shown: [EventStream.Reading], behind truth: [EventStream.Reading]) -> Double {
    var place = 0
    var longest = 0.0
    for one in truth {
      while place < shown.count, shown[place].done < one.done { place += 1 }
      guard place < shown.count else { return .infinity }
      longest = max(longest, (shown[place].at - one.at).seconds)
    }
    return longest
  }

  // MARK: Statements

  /// The statements that the server counts for each look, and the looks a second; nil where it does not count them.
  private func statementsOfLook() async throws -> (perLook: Double, perSecond: Double)? {
    let counts: Bool = try await pool.query(
      "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'")[0]
      .decode(at: 0)
    guard counts else { return nil }
    try await pool.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    try await pool.query("SELECT pg_stat_statements_reset()")
    let start = ContinuousClock.now
    while true {
      let row = try await pool.query(
        """
        SELECT coalesce(sum(calls) FILTER (WHERE query LIKE \(Self.look)), 0)::bigint,
          coalesce(sum(calls), 0)::bigint
        FROM pg_stat_statements
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND query LIKE \(Self.statements) AND query NOT LIKE '%pg_stat_statements%'
        """)[0]
      let (looks, all): (Int, Int) = (try row.decode(at: 0), try row.decode(at: 1))
      // Between two looks the statements of all of them are counted whole.
      if looks >= Self.looks, all.isMultiple(of: looks) {
        return (
          Double(all) / Double(looks), Double(looks) / (ContinuousClock.now - start).seconds
        )
      }
      guard ContinuousClock.now - start < .seconds(60) else {
        throw BenchError("\(all) statements for \(looks) looks")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
