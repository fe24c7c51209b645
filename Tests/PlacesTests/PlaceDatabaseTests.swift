import Foundation
import Primitives
import TestSupport
import Testing

@testable import Places

/// Databases of places: what they tell, and that none of them does harm.
@Suite struct PlaceDatabaseTests {
  private static let graz: PlaceFile.Value = [
    "city": ["names": ["de": "Graz", "en": "Graz"]],
    "country": ["iso_code": "AT", "names": ["en": "Austria"]],
    "location": ["latitude": 47.0707, "longitude": 15.4395, "time_zone": "Europe/Vienna"],
    "postal": ["code": "8010"],
    "subdivisions": [["names": ["en": "Styria"]], ["names": ["en": "another"]]],
    "traits": ["isp": "A provider", "organization": "A university"],
  ]

  private static func file(_ change: (inout PlaceFile) -> Void = { _ in }) -> PlaceFile {
    var file = PlaceFile()
    file.add(198, 51, 100, bits: 24, graz)
    file.add(203, 0, 113, bits: 25, ["country": ["names": ["en": "Japan"]]])
    file.add(
      [0x20, 0x01, 0x0D, 0xB8, 0, 1] + [UInt8](repeating: 0, count: 10), bits: 48,
      ["isp": "Another provider"])
    change(&file)
    return file
  }

  /// Writes a file and removes it after use.
  private func with<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "martlet-\(UUID().uuidString).mmdb")
    try Data(bytes).write(to: url)
    let result = Result { try body(url.path) }
    try FileManager.default.removeItem(at: url)
    return try result.get()
  }

  private func find(_ address: String, in database: PlaceDatabase) throws -> Place? {
    try database.find(try #require(IPAddress(address)))
  }

  @Test(arguments: [24, 28, 32])
  func tellsPlaces(recordBits: Int) throws {
    try with(Self.file { $0.recordBits = recordBits }.bytes) { path in
      let database = try PlaceDatabase(path)
      #expect(database.type == "Test-City" && database.built == 1_700_000_000)
      let graz = try #require(try find("198.51.100.77", in: database))
      #expect(
        graz.details == [
          "city": "Graz", "region": "Styria", "country": "Austria", "zipcode": "8010",
          "latitude": "47.0707", "longitude": "15.4395", "timezone": "Europe/Vienna",
          "isp": "A provider", "organization": "A university",
        ])
      #expect(try find("203.0.113.127", in: database)?.details == ["country": "Japan"])
      #expect(try find("203.0.113.128", in: database) == nil)
      #expect(try find("192.0.2.1", in: database) == nil)
      #expect(try find("2001:db8:1::7", in: database)?.isp == "Another provider")
      #expect(try find("2001:db8:2::7", in: database) == nil)
      #expect(try find("::ffff:198.51.100.1", in: database)?.city == "Graz")
    }
  }

  @Test func tellsPlacesOfAddressesOfVersion4() throws {
    var file = PlaceFile()
    file.version = 4
    file.add([198, 51, 100, 0], bits: 24, Self.graz)
    try with(file.bytes) { path in
      let database = try PlaceDatabase(path)
      #expect(try find("198.51.100.77", in: database)?.city == "Graz")
      #expect(try find("2001:db8:1::7", in: database) == nil)
    }
  }

  /// Records share what they have in common by pointers.
  @Test func followsPointers() throws {
    var file = PlaceFile()
    file.add(198, 51, 100, bits: 24, ["country": ["names": ["en": "Austria"]]])
    // The map is at 0, its only member's value after the head and the name: 1 + 8 bytes.
    file.add(203, 0, 113, bits: 24, .raw([0xE1] + [0x47] + Array("country".utf8) + [0x20, 9]))
    try with(file.bytes) { path in
      let place = try find("203.0.113.5", in: PlaceDatabase(path))
      #expect(place?.country == "Austria")
    }
  }

  /// What is no text, no number or beyond the earth is left out.
  @Test func leavesOutWhatCannotBe() throws {
    var file = PlaceFile()
    file.add(
      198, 51, 100, bits: 24,
      [
        "city": ["names": ["en": 5]], "country": "Austria", "subdivisions": ["Styria"],
        "location": ["latitude": 900.0, "longitude": "east"],
        "postal": ["code": .text("80\n10" + String(repeating: "0", count: 300))],
      ])
    try with(file.bytes) { path in
      let place = try #require(try find("198.51.100.1", in: PlaceDatabase(path)))
      #expect(Array(place.details.keys) == ["zipcode"])
      #expect(place.zipcode.hasPrefix("80100") && place.zipcode.count == 191)
    }
  }

  @Test(
    arguments: [
      ("a record that points to itself", [0x20, 0]),
      ("a pointer beyond the end", [0x38, 0xFF, 0xFF, 0xFF, 0xFF]),
      ("a list of millions", [0x1F, 4, 0xFF, 0xFF, 0xFF]),
      ("a text beyond the end", [0x5F, 0xFF, 0xFF, 0xFF]),
      ("a number of three bytes", [0x63, 1, 2, 3]),
      ("an unknown type", [0x00, 9]),
      ("a name that is no text", [0xE1, 0xE0, 0xE0]),
      ("bytes beyond the end", [0x9F, 0xFF, 0xFF, 0xFF]),
    ] as [(String, [UInt8])])
  func refusesWhatIsMalformed(name: String, record: [UInt8]) throws {
    var file = PlaceFile()
    file.add(198, 51, 100, bits: 24, .raw(record))
    try with(file.bytes) { path in
      let database = try PlaceDatabase(path)
      #expect {
        _ = try find("198.51.100.1", in: database)
      } throws: { "\($0)".contains("malformed") }
    }
  }

  /// Lists whose items all point to the list before: hundreds of thousands of values in 240 bytes.
  @Test func boundsWhatPointersMultiply() throws {
    var bytes: [UInt8] = [0x42, 0x61, 0x62]
    var last: UInt8 = 0
    for _ in 0..<4 {
      let place = UInt8(bytes.count)
      bytes += [0x1C, 4] + (0..<28).flatMap { _ in [0x20, last] }
      last = place
    }
    var file = PlaceFile()
    file.add(198, 51, 100, bits: 24, .raw(bytes))
    file.add(203, 0, 113, bits: 24, .raw([0x20, last]))
    try with(file.bytes) { path in
      let database = try PlaceDatabase(path)
      #expect {
        _ = try find("203.0.113.1", in: database)
      } throws: { "\($0)".contains("a record of too many values") }
    }
  }

  @Test func refusesOtherFiles() throws {
    #expect {
      _ = try PlaceDatabase("/nowhere/places.mmdb")
    } throws: { "\($0)".contains("/nowhere/places.mmdb cannot be opened") }
    #expect {
      _ = try PlaceDatabase("/tmp")
    } throws: { "\($0)".contains("no ordinary file") }
    for bytes in [[], Array("a text".utf8), [UInt8](repeating: 0xAB, count: 5_000)] {
      #expect {
        try with(bytes) { _ = try PlaceDatabase($0) }
      } throws: { "\($0)".contains("no database of MaxMind's format") }
    }
    for member in [
      ("record_size", 20), ("ip_version", 5), ("binary_format_major_version", 3),
      ("node_count", 4_000_000_000), ("node_count", "many"),
    ] as [(String, PlaceFile.Value)] {
      #expect(throws: PlaceDatabaseError.self) {
        try with(Self.file { $0.about = [member] }.bytes) { _ = try PlaceDatabase($0) }
      }
    }
  }

  /// Any bytes anywhere: an error or some place, never a trap.
  @Test func readsAnyBytes() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("place seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let good = Self.file().bytes
    for _ in 0..<2_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if random.once(in: 4) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      try with(bytes) { path in
        do throws(PlaceDatabaseError) {
          let database = try PlaceDatabase(path)
          for address in ["198.51.100.1", "203.0.113.1", "2001:db8:1::1", "8.8.8.8"] {
            if let address = IPAddress(address) { _ = try database.find(address) }
          }
        } catch {
          #expect(error.description.contains(path), "seed \(seed)")
        }
      }
    }
  }

  /// A file that is cut while it is open gives an error, and the next one in its place is opened.
  @Test func noticesAnotherFile() throws {
    let databases = PlaceDatabases()
    try with(Self.file().bytes) { path in
      let first = try databases.database(path)
      #expect(try databases.database(path) === first)
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: 100)
      try handle.close()
      #expect(throws: PlaceDatabaseError.self) { _ = try find("198.51.100.1", in: first) }
      #expect(throws: PlaceDatabaseError.self) { _ = try databases.database(path) }
      var other = PlaceFile()
      other.add(198, 51, 100, bits: 24, ["isp": "New"])
      try Data(other.bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
      let place = try find("198.51.100.1", in: databases.database(path))
      #expect(place?.isp == "New")
    }
  }
}
