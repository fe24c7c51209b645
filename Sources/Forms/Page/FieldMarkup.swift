import Fields
import Primitives

/// The markup of one field: its row with label, help, input and message.
struct FieldMarkup {
  let field: FormField
  let markup: FormMarkup
  /// The number of the page on which it stands.
  let page: Int

  private var settings: FormFieldSettings { field.settings }
  private var formName: String { markup.form.markupName }
  private var alias: String { HTMLEscape.text(field.alias) }
  var inputID: String { "mauticform_input_\(formName)_\(alias)" }
  private var labelID: String { "mauticform_label_\(formName)_\(alias)" }
  private var helpID: String { "mauticform_help_\(formName)_\(alias)" }
  private var errorID: String { "mauticform_error_\(formName)_\(alias)" }
  var inputName: String { "mauticform[\(alias)]" }

  /// The value that it is filled with at first.
  var value: String { markup.values[field.alias] ?? settings.defaultValue ?? "" }

  /// Whether it is a trap for programs: people neither see nor reach it.
  private var isTrap: Bool {
    field.type == .captcha
      && (settings.properties["captcha"]?.text ?? "").trimmingBlanks().isEmpty
  }

  var html: String {
    switch field.type {
    case .hidden: return InputMarkup(self).hidden
    case .html, .freeText: return row(text, isPlain: true)
    case .button: return row(InputMarkup(self).button, isPlain: true)
    case .pageBreak: return row(pageButtons, isPlain: true)
    default: break
    }
    let input = InputMarkup(self)
    if field.type == .radios || field.type == .checkboxes {
      return row(
        """
        <fieldset aria-describedby="\(describedBy)"\(settings.isRequired ? " aria-required=\"true\"" : "")>
        <legend id="\(labelID)" class="mauticform-label"\(labelStyle)>\(label)</legend>
        \(help)\(input.choices)
        </fieldset>\(message)
        """)
    }
    return row(
      """
      <label id="\(labelID)" for="\(inputID)" class="mauticform-label"\
      \(FormAttributes.html(settings.labelAttributes, except: ["id", "for", "class"]))\(labelStyle)>\
      \(label)</label>
      \(help)\(input.html)\(message)
      """)
  }

  /// The attributes of an input that tell what it means and whether it must be filled in.
  var inputAttributes: String {
    let own = FormAttributes.html(
      settings.inputAttributes, except: ["id", "name", "class", "type"])
    let required = settings.isRequired ? " required aria-required=\"true\"" : ""
    let trap = isTrap ? " tabindex=\"-1\" autocomplete=\"off\"" : ""
    return " aria-describedby=\"\(describedBy)\"\(required)\(trap)\(own)"
  }

  /// The classes of an input: its own and the operator's.
  func classes(_ own: String) -> String {
    let given = FormAttributes.value("class", in: settings.inputAttributes) ?? ""
    return HTMLEscape.text(given.isEmpty ? own : "\(own) \(given)")
  }

  private var describedBy: String {
    settings.helpMessage == nil ? errorID : "\(helpID) \(errorID)"
  }

  /// HTML that was cleaned of scripts; a label that is not shown is still read out.
  private var label: String { field.label }

  private var labelStyle: String {
    settings.showsLabel ? "" : " data-mautic-hidden-label style=\"\(Self.unseen)\""
  }

  /// Seen by nobody, heard by those who listen.
  private static let unseen =
    "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"

  private var help: String {
    settings.helpMessage.map {
      "<span id=\"\(helpID)\" class=\"mauticform-helpmessage\">\($0)</span>\n"
    } ?? ""
  }

  private var message: String {
    let text = settings.validationMessage ?? "This is required."
    return """

      <span id="\(errorID)" class="mauticform-errormsg" style="display: none;">\
      \(HTMLEscape.text(text))</span>
      """
  }

  /// A text between fields, HTML that was cleaned of scripts.
  private var text: String {
    let content = settings.properties["text"]?.text ?? ""
    let cleaned = CleanText.html(content)
    guard settings.showsLabel, field.type == .freeText else {
      return "<div class=\"mauticform-freehtml\">\(cleaned)</div>"
    }
    return """
      <h3 class="mauticform-label">\(field.label)</h3>
      <div class="mauticform-freetext">\(cleaned)</div>
      """
  }

  private var pageButtons: String {
    let next = settings.properties["next_page_label"]?.text ?? "Next"
    let previous = settings.properties["prev_page_label"]?.text ?? "Back"
    let back = """
      <button type="button" class="mauticform-button mauticform-pagebreak-back" \
      data-mautic-form-pagebreak-button="prev">\(HTMLEscape.text(previous))</button>
      """
    return (page > 1 ? back : "") + """
      <button type="button" class="mauticform-button mauticform-pagebreak-next" \
      data-mautic-form-pagebreak-button="next">\(HTMLEscape.text(next))</button>
      """
  }

  private func row(_ content: String, isPlain: Bool = false) -> String {
    var classes = "mauticform-row mauticform-\(rowClass) mauticform-field-\(field.id)"
    if settings.isRequired { classes += " mauticform-required" }
    let own = FormAttributes.value("class", in: settings.containerAttributes)
    if let own { classes += " " + HTMLEscape.text(own) }
    var attributes = FormAttributes.html(
      settings.containerAttributes, except: ["id", "class", "style"])
    if !isPlain {
      attributes += " data-validation-type=\"\(typeClass)\""
      if settings.isRequired { attributes += " data-validate=\"\(alias)\"" }
    }
    attributes += condition
    if isTrap {
      attributes += " aria-hidden=\"true\" style=\"position:absolute;left:-9999px\""
    } else if let style = FormAttributes.value("style", in: settings.containerAttributes) {
      attributes += " style=\"\(HTMLEscape.text(style))\""
    }
    return """
      <div id="mauticform_\(formName)_\(alias)" class="\(classes)"\(attributes)>
      \(content)
      </div>
      """
  }

  /// The row's own class, which is not that of the element in it.
  private var rowClass: String {
    switch field.type {
    case .button: "button-wrapper"
    case .textArea: "text"
    default: typeClass
    }
  }

  private var typeClass: String {
    HTMLEscape.text(field.type.rawValue.filter { $0.isLetter || $0.isNumber || $0 == "-" })
  }

  /// What the script needs to show the row with some values of its parent alone.
  private var condition: String {
    guard let id = settings.parent, let parent = markup.form.fields.first(where: { $0.id == id })
    else { return "" }
    let condition = FormCondition(settings.conditions)
    let values = condition.values.sorted().joined(separator: "|")
    return """
       data-mautic-form-show-on="\(HTMLEscape.text(parent.alias)):\(HTMLEscape.text(values))" \
      data-mautic-form-expr="\(condition.isNegated ? "notIn" : "in")"\
      \(condition.isAny ? " data-mautic-form-any=\"1\"" : "")
      """
  }
}
