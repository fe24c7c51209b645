import Foundation
import Mail

/// The form of the preference centre (EML-404): what the settings allow, and nothing else.
struct PreferencePage {
  let preferences: Preferences
  let subject: MailSubject
  let settings: MailSettings
  /// What proves that the form was shown to the visitor.
  let token: String
  let action: String
  /// The id of the form, whose parts stand anywhere in a landing page; nil for a page of ours.
  private var formID: String?

  init(
    _ preferences: Preferences, _ subject: MailSubject, _ settings: MailSettings, token: String,
    action: String
  ) {
    self.preferences = preferences
    self.subject = subject
    self.settings = settings
    self.token = token
    self.action = PublicPage.escape(action)
  }

  /// The page of ours.
  var page: APIResponse {
    PublicPage.page(
      "Your preferences",
      """
      <form method="post" action="\(action)">\(hidden)\(channel)\(preferredChannel)\(categories)\(segments)
      <p><button>Save</button></p></form>
      <p><a href="\(action)?unsubscribe_all=1">Unsubscribe from everything</a></p>
      """)
  }

  /// The parts of a landing page, by the names of their tokens.
  ///
  /// - Parameter isSaved: Whether the form was just saved.
  func slots(isSaved: Bool) -> [String: String] {
    var form = self
    form.formID = "mautic-preferences"
    return [
      "segmentlist": form.segments, "categorylist": form.categories,
      "preferredchannel": form.preferredChannel, "channelfrequency": form.channel,
      "saveprefsbutton": """
      <form id="mautic-preferences" method="post" action="\(action)">\(form.hidden)<button>Save</button></form>
      """,
      "successmessage": isSaved
        ? "<div role=\"status\">Your preferences have been saved.</div>" : "",
    ]
  }

  /// The attribute by which a part belongs to the form.
  private var owner: String { formID.map { " form=\"\($0)\"" } ?? "" }

  /// A form of parts says so: a page may leave the box for e-mails out.
  private var hidden: String {
    """
    <input type="hidden" name="token" value="\(token)">
    <input type="hidden" name="form" value="\(formID == nil ? "1" : "parts")">
    """
  }

  /// Whether e-mails are wanted, how often, and from when again.
  private var channel: String {
    var fields = """
      <input type="hidden" name="emailBefore" value="\(preferences.acceptsEmail ? 1 : 0)"\(owner)>
      \(box("email", "1", "E-mails to \(subject.address)", preferences.acceptsEmail))
      """
    if settings.showsFrequency {
      let options = ["DAY", "WEEK", "MONTH"].map {
        "<option\($0 == preferences.unit ? " selected" : "")>\($0)</option>"
      }
      fields += """
        <fieldset><legend>How often</legend>
        <input name="number" value="\(preferences.number.map(String.init) ?? "")" size="4"\(owner)>
        messages in a <select name="unit"\(owner)>\(options.joined())</select></fieldset>
        """
    }
    if settings.showsPause {
      fields += """
        <fieldset><legend>Pause</legend>
        <input type="date" name="pauseFrom" value="\(day(preferences.pauseFrom))"\(owner)> to
        <input type="date" name="pauseTo" value="\(day(preferences.pauseTo))"\(owner)></fieldset>
        """
    }
    return fields
  }

  private var preferredChannel: String {
    guard settings.showsPreferredChannel else { return "" }
    let options =
      (preferences.preferredChannel == nil ? [""] : [])
      + ["email", "sms"].map {
        "<option\($0 == preferences.preferredChannel ? " selected" : "")>\($0)</option>"
      }
    return """
      <label>Preferred channel <select name="preferredChannel"\(owner)>\(options.joined())</select></label>
      """
  }

  private var categories: String {
    settings.showsCategories ? list("categories", "Topics", preferences.categories) : ""
  }

  private var segments: String {
    settings.showsSegments ? list("segments", "Lists", preferences.segments) : ""
  }

  private func box(_ name: String, _ value: String, _ label: String, _ isOn: Bool) -> String {
    """
    <label><input type="checkbox" name="\(name)" value="\(value)"\(isOn ? " checked" : "")\(owner)>
    \(PublicPage.escape(label))</label>
    """
  }

  private func list(_ name: String, _ title: String, _ choices: [Preferences.Choice]) -> String {
    guard !choices.isEmpty else { return "" }
    let boxes = choices.map { box("\(name)[]", String($0.id), $0.name, $0.isOn) }
    let before = choices.filter(\.isOn).map { String($0.id) }.joined(separator: ",")
    return """
      <fieldset><legend>\(title)</legend>
      <input type="hidden" name="\(name)Before" value="\(before)"\(owner)>\(boxes.joined())</fieldset>
      """
  }

  private func day(_ date: Date?) -> String {
    date.map { String(WireDate.format($0).prefix(10)) } ?? ""
  }

  /// The submitted form. A choice that was not shown, or is unchanged, stays; what the settings do not offer is not
  /// read.
  static func input(
    _ body: JSONValue, _ settings: MailSettings
  ) throws(APIError) -> PreferenceInput {
    var input = PreferenceInput()
    var problems: [(field: String, messages: [String])] = []
    // Of a landing page the box for e-mails may be missing: then nothing is said of them.
    if body["form"]?.text != "parts" || body["emailBefore"] != nil {
      input.acceptsEmail = body["email"]?.truth ?? false
    }
    if input.acceptsEmail == true, body["emailBefore"]?.truth == true { input.acceptsEmail = nil }
    if settings.showsFrequency, let given = body["number"] {
      let text = given.text?.trimmingBlanks ?? ""
      if let number = Int(text) {
        input.number = .some(number)
      } else if text.isEmpty {
        input.number = .some(nil)
      } else {
        problems.append(("number", ["must be a whole number"]))
      }
      input.unit = body["unit"]?.text
    }
    if settings.showsPause {
      input.pauseFrom = date("pauseFrom", body, &problems)
      input.pauseTo = date("pauseTo", body, &problems)
    }
    if settings.showsPreferredChannel, let channel = body["preferredChannel"]?.text,
      !channel.isEmpty
    {
      input.preferredChannel = channel
    }
    if settings.showsCategories { input.categories = ticks("categories", body, &problems) }
    if settings.showsSegments { input.segments = ticks("segments", body, &problems) }
    guard problems.isEmpty else { throw .validation(problems) }
    return input
  }

  private static func date(
    _ name: String, _ body: JSONValue, _ problems: inout [(field: String, messages: [String])]
  ) -> Date?? {
    guard let given = body[name] else { return nil }
    let text = given.text?.trimmingBlanks ?? ""
    if text.isEmpty { return .some(nil) }
    guard let date = WireDate.parse(text) else {
      problems.append((name, ["must be a date such as 2024-03-01"]))
      return nil
    }
    return .some(date)
  }

  /// The boxes of a list; nil where the page had none.
  private static func ticks(
    _ name: String, _ body: JSONValue, _ problems: inout [(field: String, messages: [String])]
  ) -> PreferenceInput.Ticks? {
    let before = body["\(name)Before"]?.text
    guard before != nil || body[name] != nil else { return nil }
    let given = body[name]?.elements ?? []
    let ids = given.compactMap { $0.integer.map(Int64.init) }
    if ids.count != given.count || ids.count > 1000 { problems.append((name, ["must be ids"])) }
    return PreferenceInput.Ticks(
      before: (before ?? "").split(separator: ",").prefix(1000).compactMap { Int64($0) },
      after: ids)
  }
}
