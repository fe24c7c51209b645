import Foundation
import Primitives
import TestSupport

/// A browser in which a visitor looks at pages: one profile, any number of tabs. Its commands go to the current tab and
/// frame, one after the other.
final class Browser: Sendable {
  private let driver: ChromeDriver
  private let path: String
  private let process: Int?
  private let pictures: URL

  /// The name by which WebDriver refers to elements.
  private static let element = "element-6066-11e4-a52e-4f735466cecf"

  init(_ driver: ChromeDriver, session: String, process: Int?, pictures: URL) {
    self.driver = driver
    path = "/session/\(session)"
    self.process = process
    self.pictures = pictures
    // The driver ends it; where the driver is killed nobody would.
    if let process { ChildGuard.shared.watch(pid_t(process)) }
  }

  /// Ends the browser.
  func quit() async throws {
    _ = try await driver.call("DELETE", path)
    if let process { ChildGuard.shared.release(pid_t(process)) }
  }

  @discardableResult
  func send(
    _ method: String, _ command: String, _ body: [String: JSONValue]? = [:]
  ) async throws -> JSONValue {
    try await driver.call(method, path + command, method == "POST" ? .object(body ?? [:]) : nil)
  }

  // MARK: Pages

  /// Opens an address in the current tab and waits until the page is loaded.
  func open(_ url: String) async throws {
    try await send("POST", "/url", ["url": .string(url)])
  }

  /// Opens a new tab, which becomes the current one.
  func openTab() async throws {
    let tab = try await send("POST", "/window/new", ["type": .string("tab")])
    try await send("POST", "/window", ["handle": tab["handle"] ?? .null])
  }

  /// Makes a frame of the page the current one, or with nil the page again.
  func enter(_ selector: String?) async throws {
    guard let selector else {
      try await send("POST", "/frame", ["id": .null])
      return
    }
    let frame = try await find(selector)
    try await send("POST", "/frame", ["id": .object([Self.element: .string(frame)])])
  }

  /// Runs the body of a function in the page and returns its result.
  ///
  /// - Parameter arguments: What the script finds as `arguments`.
  @discardableResult
  func run(_ script: String, _ arguments: JSONValue...) async throws -> JSONValue {
    try await send(
      "POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
  }

  /// Waits until an expression is true in the page, and returns its value.
  ///
  /// - Throws: ``Failure`` with what the page shows where it does not become true.
  @discardableResult
  func wait(for expression: String) async throws -> JSONValue {
    var last = JSONValue.null
    var failure: Failure?
    let isTrue = await eventually {
      do {
        last = try await run("return \(expression)")
        failure = nil
      } catch {
        // While another page is being loaded no script runs.
        failure = Failure("\(error)")
        return false
      }
      return ![.null, .boolean(false), .integer(0), .string("")].contains(last)
    }
    if isTrue { return last }
    let page = try await run("return location.href + ': ' + document.body.innerText")
    throw Failure(
      "\(expression) is \(last) at \(page.text ?? "")\(failure.map { "; \($0)" } ?? "")")
  }

  /// Says yes where the page asks whether to go on.
  func accept() async throws { try await send("POST", "/alert/accept") }

  /// Gives the window a size, in pixels.
  func resize(width: Int, height: Int = 900) async throws {
    try await send(
      "POST", "/goog/cdp/execute",
      [
        "cmd": .string("Emulation.setDeviceMetricsOverride"),
        "params": .object([
          "width": .integer(Int64(width)), "height": .integer(Int64(height)),
          "deviceScaleFactor": .integer(1), "mobile": .boolean(false),
        ]),
      ])
  }

  // MARK: What a visitor does

  /// Clicks on an element.
  func click(_ selector: String) async throws {
    try await send("POST", "/element/\(try await find(selector))/click")
  }

  /// Types a text into an element.
  func type(_ text: String, into selector: String) async throws {
    try await send(
      "POST", "/element/\(try await find(selector))/value", ["text": .string(text)])
  }

  /// Clicks on an element that a script returns.
  func click(_ element: JSONValue) async throws {
    try await send("POST", "/element/\(try Self.id(element))/click")
  }

  /// Types into an element that a script returns; a path of a file into an input for files.
  func type(_ text: String, into element: JSONValue) async throws {
    try await send("POST", "/element/\(try Self.id(element))/value", ["text": .string(text)])
  }

  /// Presses keys, one after the other, wherever the keyboard is; signs of WebDriver's for those without a letter.
  func keys(_ text: String, with modifier: Character? = nil) async throws {
    func act(_ kind: String, _ key: Character) -> JSONValue {
      .object(["type": .string(kind), "value": .string(String(key))])
    }
    var actions = text.flatMap { [act("keyDown", $0), act("keyUp", $0)] }
    if let modifier { actions = [act("keyDown", modifier)] + actions + [act("keyUp", modifier)] }
    try await send(
      "POST", "/actions",
      [
        "actions": .array([
          .object([
            "type": .string("key"), "id": .string("keyboard"), "actions": .array(actions),
          ])
        ])
      ])
  }

  private static func id(_ element: JSONValue) throws -> String {
    guard let id = element[Self.element]?.text else { throw Failure("no element: \(element)") }
    return id
  }

  private func find(_ selector: String) async throws -> String {
    let found = try await send(
      "POST", "/element", ["using": .string("css selector"), "value": .string(selector)])
    guard let id = found[Self.element]?.text else { throw Failure("\(selector): \(found)") }
    return id
  }

  /// Sends a command of DevTools' protocol.
  @discardableResult
  func devTools(
    _ command: String, _ parameters: [String: JSONValue] = [:]
  ) async throws -> JSONValue {
    try await send(
      "POST", "/goog/cdp/execute", ["cmd": .string(command), "params": .object(parameters)])
  }

  /// The entries of a log since the last call.
  func log(_ name: String) async throws -> JSONValue {
    try await send("POST", "/se/log", ["type": .string(name)])
  }

  // MARK: What is left

  /// The names and values of all cookies of a host.
  func cookies(of host: String) async throws -> [String: String] {
    let all = try await send(
      "POST", "/goog/cdp/execute",
      ["cmd": .string("Storage.getCookies"), "params": .object([:])])
    var found: [String: String] = [:]
    for cookie in all["cookies"]?.elements ?? [] where cookie["domain"]?.text == host {
      if let name = cookie["name"]?.text { found[name] = cookie["value"]?.text }
    }
    return found
  }

  /// Keeps a picture of what the current tab shows, as `NAME.png`.
  ///
  /// - Returns: Its file.
  @discardableResult
  func picture(_ name: String) async throws -> URL {
    let text = try await send("GET", "/screenshot").text ?? ""
    let file = pictures.appending(path: "\(name).png")
    guard let data = Data(base64Encoded: text) else { throw Failure("no picture of \(name)") }
    try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
    try data.write(to: file)
    return file
  }

  /// The error of a browser that does not do or show what it should.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}

extension JSONValue {
  /// The items of an array, or the values of an object; none of another kind.
  var elements: [JSONValue] {
    switch self {
    case .array(let items): items
    case .object(let members): Array(members.values)
    default: []
    }
  }
}
