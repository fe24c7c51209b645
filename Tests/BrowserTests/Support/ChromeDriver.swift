import Foundation
import Primitives
import TestSupport
import Transfer

/// The driver of the browser, which speaks WebDriver (W3C) over HTTP on the loopback.
struct ChromeDriver: Sendable {
  private let process: Child
  private let address: String
  private let client: HTTPClient
  /// The path of the browser.
  let browser: String

  /// What a browser keeps of sites.
  enum Keeping: Sendable {
    case everything
    /// No cookies of sites that a page takes something from.
    case nothingOfThirdParties
    /// No cookies at all and no local storage.
    case nothing
  }

  /// Starts the driver on a free port and waits until it is ready.
  ///
  /// - Parameter log: Receives what it writes.
  /// - Throws: ``Browser/Failure`` where driver or browser are not installed, or it does not become ready.
  static func start(log: URL) async throws -> ChromeDriver {
    let driver = try program(["chromedriver"])
    let browser = try program(["chromium", "chromium-browser", "google-chrome"])
    let port = try ChildProcess.freePort()
    let process = try Child(driver, ["--port=\(port)", "--log-level=WARNING"], log: log)
    let started = ChromeDriver(
      process: process, address: "http://127.0.0.1:\(port)", client: HTTPClient(concurrency: 4),
      browser: browser)
    let isReady = await eventually {
      do {
        return try await started.call("GET", "/status")["ready"] == .boolean(true)
      } catch { return false }
    }
    guard isReady else {
      throw Browser.Failure("\(driver) is not ready: \(process.output.suffix(2_000))")
    }
    return started
  }

  /// The path of the first of these programs that is installed.
  private static func program(_ names: [String]) throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    for name in names {
      for folder in path.split(separator: ":") {
        let file = "\(folder)/\(name)"
        if FileManager.default.isExecutableFile(atPath: file) { return file }
      }
    }
    throw Browser.Failure(
      "\(names[0]) is not installed: run the tests by scripts/test, or install Debian's packages "
        + "chromium and chromium-driver")
  }

  /// Sends a command.
  ///
  /// - Returns: The member `value` of the answer.
  /// - Throws: ``Browser/Failure`` with what the driver says.
  func call(
    _ method: String, _ path: String, _ body: JSONValue? = nil
  ) async throws -> JSONValue {
    let content = try body.map { Array(try JSONEncoder().encode($0)) }
    let answer = try await client.send(
      HTTPCall(
        method, address + path, headers: [("Content-Type", "application/json")], body: content,
        timeout: .seconds(300), maximumBody: 32 << 20, allowsPrivateAddresses: true))
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(answer.body))["value"] ?? .null
    guard answer.status == 200 else {
      let (kind, text) = (value["error"]?.text ?? "", value["message"]?.text ?? "")
      throw Browser.Failure("\(method) \(path): \(kind): \(text.prefix(1_000))")
    }
    return value
  }

  /// Starts a browser with a profile of its own.
  ///
  /// - Parameters:
  ///   - keeping: What it keeps of sites.
  ///   - logsTraffic: Whether it logs what it loads.
  ///   - downloads: The folder of its downloads.
  ///   - pictures: The folder of its pictures.
  func open(
    _ keeping: Keeping = .everything, logsTraffic: Bool = false, downloads: URL, pictures: URL
  ) async throws -> Browser {
    let arguments = [
      "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
      "--no-first-run", "--disable-background-networking", "--window-size=1000,700",
      // Nothing leaves this machine.
      "--host-resolver-rules=MAP *.example 127.0.0.1,MAP *.localhost 127.0.0.1,"
        + "MAP * ~NOTFOUND,EXCLUDE 127.0.0.1",
      // As a visitor has it: without a window it calls itself a machine.
      "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/126.0.0.0 Safari/537.36",
    ]
    var preferences: [String: JSONValue] = [
      "download.default_directory": .string(downloads.path),
      "download.prompt_for_download": .boolean(false),
    ]
    switch keeping {
    case .everything: preferences["profile.cookie_controls_mode"] = .integer(0)
    case .nothingOfThirdParties: preferences["profile.cookie_controls_mode"] = .integer(1)
    case .nothing: preferences["profile.default_content_setting_values.cookies"] = .integer(2)
    }
    let options: JSONValue = .object([
      "binary": .string(browser), "args": .array(arguments.map(JSONValue.string)),
      "prefs": .object(preferences),
    ])
    let wanted: JSONValue = .object([
      "capabilities": .object([
        "alwaysMatch": .object([
          "browserName": .string("chrome"), "goog:chromeOptions": options,
          "goog:loggingPrefs": .object(logsTraffic ? ["performance": .string("ALL")] : [:]),
        ])
      ])
    ])
    let session = try await call("POST", "/session", wanted)
    guard let id = session["sessionId"]?.text else { throw Browser.Failure("no session") }
    return Browser(
      self, session: id, process: session["capabilities"]?["goog:processID"]?.int,
      pictures: pictures)
  }
}
