import Postgres
import TestSupport
import Testing

@Suite struct ListenerTests {
  @Test func tellsWhatIsNotifiedAndConnectsAgain() async throws {
    try await TestDatabase.with { database in
      let configuration = try PostgresConfiguration(
        url: database.url, applicationName: "the listener")
      let listener = PostgresListener(
        configuration, channels: ["one", "Two; odd"], logger: .silent)
      let seen = Locked<[PostgresListener.Event]>([])
      let task = Task {
        for await event in listener.events() { seen.withLock { $0.append(event) } }
      }
      let pool = database.pool
      #expect(await eventually { seen.withLock { $0 } == [.connected] })
      try await pool.query("SELECT pg_notify('one', 'a'), pg_notify('Two; odd', 'b')")
      #expect(
        await eventually {
          seen.withLock { $0 } == [
            .connected, .notification(channel: "one", payload: "a"),
            .notification(channel: "Two; odd", payload: "b"),
          ]
        })
      try await pool.query(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'the listener' AND datname = current_database()
        """)
      #expect(await eventually { seen.withLock { $0.count { $0 == .connected } } == 2 })
      try await pool.query("SELECT pg_notify('one', 'c')")
      #expect(
        await eventually {
          seen.withLock { $0.last } == .notification(channel: "one", payload: "c")
        })
      task.cancel()
      await task.value
      #expect(
        try await eventually {
          try await pool.query(
            """
            SELECT FROM pg_stat_activity
            WHERE application_name = 'the listener' AND datname = current_database()
            """
          ).isEmpty
        })
    }
  }
}
