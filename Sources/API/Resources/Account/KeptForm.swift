import Primitives

/// What somebody has sent whose session was over: it goes along through the new login, in the pages themselves, and is sent
/// again on wish (CSL-12). Nothing of it is stored, and passwords are left out.
struct KeptForm: Sendable, Equatable {
  /// The most bytes of a form that is kept.
  static let maximumBytes = 256 * 1024
  /// The most fields of a form that is kept.
  private static let mostFields = 2_000
  /// The names of the fields of the login that hold it, and where it was sent.
  static let (content, target) = ("_kept", "_kept_for")
  /// The name of the field that says that a password was left out.
  private static let without = "_kept_without"

  /// Where it was sent: a path of a page, with its query.
  let path: String
  /// Its fields in their order, without those that are not kept.
  let fields: [(name: String, value: String)]
  /// Whether it had a password, which is left out.
  private(set) var hadPassword: Bool

  static func == (left: KeptForm, right: KeptForm) -> Bool {
    left.path == right.path && left.encoded == right.encoded
  }

  /// A form as it was sent; nil for one that is not kept.
  ///
  /// - Parameter path: Where it was sent.
  init?(_ bytes: some Collection<UInt8>, to path: String) {
    guard !bytes.isEmpty, bytes.count <= Self.maximumBytes, ReturnPath(path).path == path,
      path != "/account", !path.hasPrefix("/account/")
    else { return nil }
    let pairs = bytes.split(separator: UInt8(ascii: "&"))
    guard pairs.count <= Self.mostFields else { return nil }
    var (fields, hadPassword): ([(name: String, value: String)], Bool) = ([], false)
    for pair in pairs {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decode(parts[0], plusIsBlank: true)
      let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsBlank: true) : ""
      switch Self.kind(name) {
      case .kept: fields.append((name, value))
      case .password: if !value.isEmpty { hadPassword = true }
      case .ofTheSession: break
      }
    }
    guard !fields.isEmpty else { return nil }
    self.path = path
    self.fields = fields
    self.hadPassword = hadPassword
  }

  /// What the forms of the login have passed on; nil for nothing.
  init?(_ parameters: OAuthParameters) {
    guard let text = parameters[Self.content], let path = parameters[Self.target] else {
      return nil
    }
    self.init(text.utf8, to: path)
    hadPassword = parameters[Self.without] != nil
  }

  /// The fields by which the forms of the login pass it on.
  var passed: [(name: String, value: String)] {
    [(Self.content, encoded), (Self.target, path)] + (hadPassword ? [(Self.without, "1")] : [])
  }

  private enum Kind { case kept, password, ofTheSession }

  private static func kind(_ name: String) -> Kind {
    let name = name.lowercased()
    if ["token", "access_token", "_method", "return"].contains(name) { return .ofTheSession }
    return name.contains("password") || name.contains("secret") || name == "_code"
      ? .password : .kept
  }

  /// The fields as a form's content.
  private var encoded: String {
    fields.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
  }

  private static func encode(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }
}

extension AccountPage {
  /// The page after the login that gives a form back.
  ///
  /// - Parameters:
  ///   - back: Where the user goes who does not send it.
  ///   - token: That of the console's forms, in the new session.
  static func kept(_ form: KeptForm, user: String, back: ReturnPath, token: String) -> APIResponse {
    page(
      "You are signed in again",
      """
      <p>What you had typed was kept. Send it now as <b>\(PublicPage.escape(user))</b>?</p>
      \(form.hadPassword ? "<p>Passwords and secrets are not kept: they are missing in it.</p>" : "")
      <form method="post" action="..\(PublicPage.escape(form.path))">
      \(hidden([("token", token)] + form.fields))
      <p><button autofocus>Send it now</button></p></form>
      <p><a href="\(PublicPage.escape(back.relative))">Do not send it</a></p>
      """)
  }
}
