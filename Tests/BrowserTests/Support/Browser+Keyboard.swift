import Foundation
import Primitives
import TestSupport

/// What people do who use the keyboard alone, and what the mouse can do beyond clicks.
extension Browser {
  /// What has the keyboard, by the name that a screen reader says; empty where nothing has it.
  func focused() async throws -> String {
    let name = try await run(
      """
      const it = document.activeElement
      if (it === document.body) return ''
      return (it.getAttribute('aria-label') ?? it.labels?.[0]?.innerText ?? it.innerText ?? it.placeholder ?? '').trim()
      """)
    return name.text ?? ""
  }

  /// Goes on by the tab key until the keyboard is at what has a text, or that name for screen readers; its first words are
  /// enough.
  ///
  /// - Parameter backwards: Whether Shift is held.
  func tab(to text: String, backwards: Bool = false) async throws {
    let isThere = """
      \(Self.visible)
      const now = document.activeElement
      const names = [words(now), now.getAttribute('aria-label'), ...[...now.labels ?? []].map(words)]
      return names.some(one => one?.startsWith(arguments[0]) && !/\\p{L}/u.test(one[arguments[0].length] ?? ''))
      """
    for _ in 0..<300 {
      if try await run(isThere, .string(text)) == .boolean(true) { return }
      try await keys(Key.tab, with: backwards ? Key.shift : nil)
    }
    let last = try await focused()
    throw Failure("the tab key does not lead to \(text), at last to \(last.prefix(100))")
  }

  /// Drags an element above another one.
  func drag(_ handle: String, above other: String) async throws {
    let places = try await run(
      "return [arguments[0], arguments[1]].map(selector => document.querySelector(selector))",
      .string(handle), .string(other))
    guard case .array(let elements) = places, elements.count == 2, !elements.contains(.null) else {
      throw Failure("\(handle) or \(other) is not there")
    }
    func move(_ target: JSONValue, _ y: Int64) -> JSONValue {
      .object([
        "type": .string("pointerMove"), "duration": .integer(50), "origin": target,
        "x": .integer(0), "y": .integer(y),
      ])
    }
    func press(_ kind: String) -> JSONValue {
      .object(["type": .string(kind), "button": .integer(0)])
    }
    try await send(
      "POST", "/actions",
      [
        "actions": .array([
          .object([
            "type": .string("pointer"), "id": .string("mouse"),
            "parameters": .object(["pointerType": .string("mouse")]),
            "actions": .array([
              move(elements[0], 0), press("pointerDown"), move(elements[1], 0),
              move(elements[1], -20), press("pointerUp"),
            ]),
          ])
        ])
      ])
  }
}
