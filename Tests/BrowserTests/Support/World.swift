import Foundation
import Primitives
import TestSupport
import Testing
import Transfer

/// What the tests share: a Martlet of real processes, websites of others, and the driver of browsers.
struct World: Sendable {
  /// The address of Martlet.
  let martlet: String
  let records: Records
  /// The password of the user `admin`.
  let password: String
  let site: Site
  /// The folder into which e-mails are delivered.
  let mail: URL
  private let installation: Installation
  private let driver: ChromeDriver
  private let folder: URL

  static let host = "martlet.localhost"
  @TaskLocal static var shared: World?

  /// The world of the tests that run.
  static var current: World {
    get throws { try #require(shared, "there is no world outside of the suite") }
  }

  /// Starts everything, runs the body, and ends everything.
  static func with(_ body: @Sendable () async throws -> Void) async throws {
    let installation = try await Installation.start()
    let driver = try await ChromeDriver.start(log: installation.emptyFile("driver.log"))
    let port = try ChildProcess.freePort()
    let martlet = "http://\(host):\(port)"
    let mail = try installation.folder("mail")
    // Visitors may say who they are.
    try await installation.pool.query(
      "UPDATE fields SET is_publicly_updatable = true WHERE alias = 'email'")
    try await installation.pool.query("UPDATE fields_version SET version = version + 1")
    try await allow(["http://shop.localhost:*"], at: installation)
    let added = try await installation.command(["user", "add", "admin", "--role", "admin"])
    let password = try #require(added.split(separator: "\n").last?.split(separator: " ").last)
    let crew = try Crew(
      installation, workers: 1, schedulers: 1, apis: 1,
      environment: [
        "MARTLET_HTTP_PORT": "\(port)", "MARTLET_SITE_URL": martlet,
        "MARTLET_MAIL_TRANSPORT": "maildir:\(mail.path)", "MARTLET_DATA": try TestAssets.path(""),
        "MARTLET_TEST_CLOCK": "1",
      ])
    let records = Records("http://127.0.0.1:\(port)", password: String(password))
    let isUp = await eventually {
      do {
        _ = try await records.get("/api/contacts?limit=1")
        return true
      } catch { return false }
    }
    try #require(isUp, "the API does not answer: \(crew.casualties)")
    let world = World(
      martlet: martlet, records: records, password: String(password),
      site: try Site(martlet: martlet), mail: mail,
      installation: installation, driver: driver, folder: try installation.folder("browser"))
    try await $shared.withValue(world) { try await body() }
    #expect(crew.casualties.isEmpty, "\(crew.casualties)")
  }

  /// Lets the scripts of a further site read Martlet's answers.
  func allow(_ origin: String) async throws {
    try await Self.allow(["http://shop.localhost:*", origin], at: installation)
  }

  private static func allow(_ origins: [String], at installation: Installation) async throws {
    try await installation.command(
      ["settings", "set", "cors_valid_domains", origins.joined(separator: ",")])
  }

  /// Moves the clock of all processes forward.
  ///
  /// - Parameter time: Such as `11m`; less than the half hour after which browsers have to sign in again.
  func advance(_ time: String) async throws {
    try await installation.command(
      ["clock", "advance", time], environment: ["MARTLET_TEST_CLOCK": "1"])
  }

  /// Runs `martlet`.
  func command(_ arguments: [String]) async throws {
    try await installation.command(arguments)
  }

  /// A file with this content.
  func file(_ name: String, _ content: Data) throws -> URL {
    let file = folder.appending(path: name)
    try content.write(to: file)
    return file
  }

  /// The e-mails that were delivered to an address, with subject and text.
  func messages(to address: String) throws -> [(subject: String, text: String)] {
    try Maildir.files(mail).compactMap { file in
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      let receiver = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("To: ") }
      guard receiver?.contains(address) == true else { return nil }
      return (try Maildir.subject(file), text)
    }
  }

  /// The subjects of the e-mails that were delivered to an address, in alphabetical order.
  func subjects(to address: String) throws -> [String] {
    try messages(to: address).map(\.subject).sorted()
  }

  /// Lets a visitor with a new browser look at pages. When the body throws, a picture shows what the visitor saw.
  ///
  /// - Parameters:
  ///   - keeping: What the browser keeps of sites.
  ///   - logsTraffic: Whether the browser can weigh pages.
  ///   - body: Its checks throw, so that the picture is taken at once.
  func visit(
    _ keeping: ChromeDriver.Keeping = .everything, logsTraffic: Bool = false,
    _ body: (Browser) async throws -> Void
  ) async throws {
    let browser = try await driver.open(
      keeping, logsTraffic: logsTraffic, downloads: downloads, pictures: Self.pictures)
    do {
      try await body(browser)
    } catch {
      let name = (Test.current?.name ?? "test").filter { $0.isLetter || $0.isNumber }
      let number = UUID().uuidString.prefix(4)
      do {
        let file = try await browser.picture("failed-\(name)-\(number)")
        print("\(file.path) shows what the visitor saw")
      } catch let other {
        print("there is no picture of the failure: \(other)")
      }
      do { try await browser.quit() } catch let other { print("the browser did not end: \(other)") }
      throw error
    }
    try await browser.quit()
  }

  /// The folder into which browsers download files.
  var downloads: URL { folder.appending(path: "downloads") }

  /// The names of the files that browsers have downloaded; the first download makes the folder.
  var downloaded: [String] {
    let files = FileManager.default.enumerator(at: downloads, includingPropertiesForKeys: nil)
    return (files?.allObjects ?? []).compactMap { ($0 as? URL)?.lastPathComponent }
  }

  /// The folder of pictures: `MARTLET_TEST_PICTURES`, or a temporary one.
  private static var pictures: URL {
    if let path = ProcessInfo.processInfo.environment["MARTLET_TEST_PICTURES"] {
      return URL(fileURLWithPath: path)
    }
    return FileManager.default.temporaryDirectory.appending(path: "martlet-pictures")
  }
}

/// Starts the world before the first test of a suite and ends it after the last.
struct WorldTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await World.with(function)
  }
}

/// All tests that need a browser: they share one world, one after the other.
@Suite("Pages of other sites in a browser", .serialized, WorldTrait(), .timeLimit(.minutes(10)))
enum ForeignPages {}
