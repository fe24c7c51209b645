import Foundation
import Postgres
import TestSupport
import Testing

/// Round trips of every type over the wire, with its edge cases.
@Suite struct CodingTests {
  private enum Colour: String, PostgresEncodable, PostgresDecodable { case red, green }

  /// Sends values as parameters and expects to read the same.
  private func roundTrip<T: PostgresEncodable & PostgresDecodable & Equatable>(
    _ values: [T], on pool: PostgresPool, seed: UInt64
  ) async throws {
    let results = try await pool.withConnection { connection in
      try await connection.pipeline(values.map { "SELECT \($0)" })
    }
    for (value, rows) in zip(values, results) {
      let back = try rows[0].decode(at: 0, as: T.self)
      #expect(back == value, "seed \(seed)")
    }
  }

  @Test(arguments: seeds) func everyTypeComesBackAsItWas(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    try await TestDatabase.with { database in
      let pool = database.pool
      func check<T: PostgresArrayElement & Equatable>(
        _ extremes: [T], _ make: (inout SeededGenerator) -> T
      ) async throws {
        let values = extremes + random.array(upTo: 40, make)
        try await roundTrip(values, on: pool, seed: seed)
        try await roundTrip(values.map { Optional($0) } + [nil], on: pool, seed: seed)
        try await roundTrip([[], values], on: pool, seed: seed)
        try await roundTrip([random.array { $0.optional(make) }, [nil]], on: pool, seed: seed)
      }
      try await check([0, -1, .min, .max]) { Int.random(in: .min ... .max, using: &$0) }
      try await check([0, -1, .min, .max]) { Int64.random(in: .min ... .max, using: &$0) }
      try await check([0, -1, .min, .max]) { Int32.random(in: .min ... .max, using: &$0) }
      try await check([0, -1, .min, .max]) { Int16.random(in: .min ... .max, using: &$0) }
      try await check([0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude]) {
        Double.random(in: -1e9...1e9, using: &$0)
      }
      try await check([0, 1.5, .greatestFiniteMagnitude]) {
        Float.random(in: -1e9...1e9, using: &$0)
      }
      try await check([true, false]) { Bool.random(using: &$0) }
      try await check(["", "NULL", "{}", "\\N"]) { $0.text() }
      try await check([[], [0], Array(0...255)]) { $0.bytes() }
      try await check([UUID()]) { _ in UUID() }
      try await check([JSON(text: "null"), JSON(text: "[1, \"x\"]")]) { random in
        JSON(text: "[\(Int.random(in: 0...9, using: &random))]")
      }
    }
  }

  /// A microsecond and rounding; a number of seconds thousands of years away is coarser.
  private func tolerance(_ date: Date) -> Double {
    max(0.000_002, 2 * date.timeIntervalSince1970.magnitude.ulp)
  }

  @Test(arguments: seeds) func instantsKeepTheirMicroseconds(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let dates = (0..<200).map { _ in random.date() } + [Date(timeIntervalSince1970: 0)]
    try await TestDatabase.with { database in
      let rows = try await database.pool.query(
        "SELECT t, t::text, extract(epoch FROM t)::float8 FROM unnest(\(dates)) WITH ORDINALITY AS x (t, n) ORDER BY n"
      )
      for (date, row) in zip(dates, rows) {
        let (back, text, epoch) = try row.decode(Date.self, String.self, Double.self)
        #expect(abs(back.timeIntervalSince(date)) < tolerance(date), "seed \(seed)")
        #expect(abs(epoch - date.timeIntervalSince1970) < 0.000_02, "seed \(seed)")
        // Our text of an instant equals the server's.
        #expect(try row.decode(at: 0, as: String.self) == text, "seed \(seed)")
      }
    }
  }

  @Test(arguments: seeds) func textsOfOtherTypesAreTheServers(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let numbers =
      (0..<100).map { _ -> String in
        let digits = (0..<Int.random(in: 1...30, using: &random)).map { _ in
          String(Int.random(in: 0...9, using: &random))
        }.joined()
        let point = Int.random(in: 0...digits.count, using: &random)
        let sign = Bool.random(using: &random) ? "-" : ""
        return "\(sign)0\(digits.prefix(point)).\(digits.dropFirst(point))"
      } + ["0", "NaN", "Infinity", "-Infinity", "1e-20", "1e40", "10000", "0.0001", "0.00010000"]
    let days = (0..<100).map { _ in Int.random(in: -800_000...2_000_000, using: &random) }
    try await TestDatabase.with { database in
      let pool = database.pool
      for row in try await pool.query(
        "SELECT n::numeric, n::numeric::text FROM unnest(\(numbers)) n")
      {
        let (ours, theirs) = try row.decode(String.self, String.self)
        #expect(ours == theirs, "seed \(seed)")
      }
      for row in try await pool.query(
        """
        SELECT d, d::text, d::timestamp, d::timestamp::text
        FROM unnest(\(days)) n, LATERAL (SELECT date '2000-01-01' + n::integer AS d) x
        """)
      {
        let (day, dayText, stamp, stampText) = try row.decode(
          String.self, String.self, String.self, String.self)
        #expect(day == dayText, "seed \(seed)")
        #expect(stamp == stampText, "seed \(seed)")
      }
    }
  }

  @Test func textsOfFixedValues() async throws {
    try await TestDatabase.with { database in
      let row = try await database.pool.query(
        """
        SELECT true, 7::smallint, 1.5::float8, 3::float8, 1e300::float8, '13:37:00.25'::time,
          'infinity'::date, '{"a": 1}'::jsonb, '{"a": 1}'::json, 'x'::name, 'ab'::char(4),
          'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '0044-03-15 BC'::date
        """)[0]
      let texts = try (0..<row.count).map { try row.decode(at: $0, as: String.self) }
      #expect(
        texts == [
          "t", "7", "1.5", "3", "1e+300", "13:37:00.25", "infinity", #"{"a": 1}"#, #"{"a": 1}"#,
          "x", "ab  ", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "0044-03-15 BC",
        ])
    }
  }

  @Test func rawValuesAndEncodableValues() async throws {
    struct Settings: Codable, Equatable { var a: Int; var at: Date }
    let settings = Settings(a: 1, at: Date(timeIntervalSince1970: 1_000_000))
    try await TestDatabase.with { database in
      let json = try JSON(settings)
      let row = try await database.pool.query(
        "SELECT \(Colour.green) AS colour, \(json) AS json, 'blue' AS other, 300 AS wide")[0]
      #expect(try row.decode("colour", as: Colour.self) == .green)
      #expect(try row.decode("json", as: JSON.self).decode(Settings.self) == settings)
      #expect(throws: PostgresError.self) { try row.decode("other", as: Colour.self) }
      #expect(throws: PostgresError.self) { try row.decode("wide", as: UInt8.self) }
    }
  }

  @Test func largeValuesPassWhole() async throws {
    let bytes = [UInt8](unsafeUninitializedCapacity: 20_000_000) { buffer, count in
      for index in 0..<20_000_000 { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 >> 3) }
      count = 20_000_000
    }
    try await TestDatabase.with { database in
      let row = try await database.pool.query(
        "SELECT \(bytes) AS bytes, repeat('x', 30000000) AS text")[0]
      #expect(try row.decode("bytes", as: [UInt8].self) == bytes)
      #expect(try row.decode("text", as: String.self).utf8.count == 30_000_000)
    }
  }

  @Test(arguments: seeds) func datesInJSONKeepTheirMicroseconds(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    // Foundation reads dates before 1582 by the Julian calendar.
    let gregorian = Date(timeIntervalSince1970: -12_000_000_000)
    let dates =
      (0..<200).map { _ in max(random.date(), gregorian) }
      + [Date(timeIntervalSince1970: 1_000_000)]
    let back = try JSON(dates).decode([Date].self)
    for (date, copy) in zip(dates, back) {
      #expect(abs(date.timeIntervalSince(copy)) < tolerance(date), "seed \(seed)")
    }
    #expect(try JSON([dates[200]]).text == #"["1970-01-12T13:46:40Z"]"#)
    #expect(throws: (any Error).self) { try JSON(text: "[\"soon\"]").decode([Date].self) }
  }

  @Test func decodingSaysWhatDoesNotFit() async throws {
    try await TestDatabase.with { database in
      let rows = try await database.pool.query("SELECT 'secret' AS word, NULL::bigint AS nothing")
      let row = rows[0]
      let wrong = #expect(throws: PostgresError.self) { try row.decode("word", as: Int.self) }
      #expect(wrong?.code == .decoding)
      #expect(wrong?.message.hasPrefix("column word") == true)
      #expect(wrong?.message.contains("secret") == false)
      let null = #expect(throws: PostgresError.self) { try row.decode("nothing", as: Int.self) }
      #expect(null?.message.contains("NULL") == true)
      #expect(throws: PostgresError.self) { try row.decode("absent", as: Int.self) }
      #expect(try row.decode("nothing", as: Int?.self) == nil)
      #expect(try row.isNull("nothing"))
      #expect(rows.columns == ["word", "nothing"])
    }
  }

  @Test(arguments: seeds) func brokenArraysAreRefusedNotRead(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      var bytes: [UInt8] = []
      [1, 2, 3, nil].map { $0 as Int? }.encode(into: &bytes)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
      bytes.withUnsafeBytes { raw in
        let value = PostgresValue(type: PostgresType(oid: 1016), bytes: raw)
        // Either a value or an error: what must not happen is a trap or a huge allocation.
        _ = Result { try [Int?].decode(value) }
        _ = Result { try String.decode(PostgresValue(type: .numeric, bytes: raw)) }
        _ = Result { try Date.decode(PostgresValue(type: .timestamptz, bytes: raw)) }
        _ = Result { try UUID.decode(PostgresValue(type: .uuid, bytes: raw)) }
      }
    }
  }
}
