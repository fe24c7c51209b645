import Foundation
import Primitives
import TestSupport

/// Keys without a letter, by WebDriver's signs.
enum Key {
  static let tab = "\u{E004}"
  static let enter = "\u{E007}"
  static let escape = "\u{E00C}"
  static let space = " "
  static let left = "\u{E012}"
  static let up = "\u{E013}"
  static let right = "\u{E014}"
  static let down = "\u{E015}"
  static let delete = "\u{E017}"
  static let shift: Character = "\u{E008}"
  static let control: Character = "\u{E009}"
}

/// What people do in the console: they go by the texts that they see.
extension Browser {
  /// Signs in and waits for a page.
  ///
  /// - Parameter path: With the query, such as `/console/contacts?search=x`.
  func signIn(_ world: World, at path: String = "/console", as user: String = "admin") async throws
  {
    try await resize(width: 1440)
    try await open(world.martlet + path)
    try await wait(for: "document.querySelector('input[name=_password]')")
    try await type(user, into: "input[name=_username]")
    try await type(world.password, into: "input[name=_password]")
    try await click("form button")
    try await wait(for: "location.pathname + location.search == '\(path)'")
  }

  /// What is on top: an open dialog, or else the page.
  static let visible = """
    const top = [...document.querySelectorAll('dialog[open]')].pop() ?? document
    const isShown = element => element.checkVisibility({visibilityProperty: true}) && !element.closest('[inert]')
    const words = element => (element.innerText ?? element.textContent).trim().replace(/\\s+/g, ' ');
    """

  /// Clicks on the button, link or choice with a text, or else with that name for screen readers.
  ///
  /// - Parameter within: A selector of the part of the page in which it is looked for.
  func press(_ text: String, within: String = "body") async throws {
    let found = try await element(
      """
      \(Self.visible)
      const inside = top === document ? document.querySelector(arguments[1]) : top
      const all = [...inside.querySelectorAll('button, a[href], summary, label, [role=button], [role=option], [role=menuitem], [role=tab], [role=treeitem], svg text')]
        .filter(isShown)
      return all.find(one => words(one) === arguments[0])
        ?? all.find(one => one.getAttribute('aria-label') === arguments[0])
        ?? all.find(one => words(one).startsWith(arguments[0]))
      """, text, within)
    try await click(found)
  }

  /// Fills in the field with a label: it types a text, chooses an option or ticks a box.
  func fill(_ label: String, _ text: String) async throws {
    let field = try await field(label)
    let kind = try await run(
      "const field = arguments[0]; return field.tagName + ' ' + field.type", field)
    switch kind.text {
    case "SELECT select-one", "SELECT select-multiple":
      let option = try await element(
        "\(Self.visible) return [...arguments[2].options].find(one => words(one) === arguments[0])",
        text, "", field)
      try await click(option)
    case "INPUT file": try await type(text, into: field)
    default:
      try await run("arguments[0].select?.()", field)
      try await type(text.isEmpty ? Key.delete : text, into: field)
    }
  }

  /// The field with a label.
  func field(_ label: String) async throws -> JSONValue {
    try await element(
      """
      \(Self.visible)
      const labels = [...top.querySelectorAll('label')].filter(isShown)
      const own = labels.find(one => words(one) === arguments[0]) ?? labels.find(one => words(one).startsWith(arguments[0]))
      return own?.control ?? [...top.querySelectorAll('input, select, textarea, [contenteditable]')].filter(isShown)
        .find(one => one.getAttribute('aria-label') === arguments[0] || one.placeholder === arguments[0])
      """, label, "")
  }

  /// Waits until the page shows a text.
  func see(_ text: String) async throws {
    try await wait(for: "document.body.innerText.includes(\(Self.quoted(text)))")
  }

  /// Waits until the address has a path that a pattern matches; a regular expression.
  func arrive(at pattern: String) async throws {
    try await wait(for: "new RegExp('^' + \(Self.quoted(pattern)) + '$').test(location.pathname)")
  }

  /// The number in the address of a record's page.
  func number() async throws -> Int {
    try await run("return Number(location.pathname.match(/[0-9]+/)?.[0] ?? 0)").int ?? 0
  }

  /// The words of the elements with a selector.
  func texts(_ selector: String) async throws -> [String] {
    try await run(
      "\(Self.visible) return [...document.querySelectorAll(arguments[0])].map(words)",
      .string(selector)
    ).elements.compactMap(\.text)
  }

  /// What a script returns, once that is an element.
  private func element(
    _ script: String, _ text: String, _ within: String, _ other: JSONValue = .null
  ) async throws -> JSONValue {
    var found = JSONValue.null
    let isThere = try await eventually {
      found = try await run(script, .string(text), .string(within), other)
      return found != .null
    }
    guard isThere else {
      let page = try await run("return location.href + ': ' + document.body.innerText")
      throw Failure("nothing is called \(text) at \(page.text ?? "")")
    }
    return found
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
      .replacing("\n", with: "\\n")
    return "'\(escaped)'"
  }
}
