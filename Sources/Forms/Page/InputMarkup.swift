import Fields
import Primitives

/// The element that a visitor fills in.
struct InputMarkup {
  private let markup: FieldMarkup
  private let field: FormField

  init(_ markup: FieldMarkup) {
    self.markup = markup
    field = markup.field
  }

  private var properties: JSONValue { field.settings.properties }
  private var value: String { HTMLEscape.text(markup.value) }

  private var placeholder: String {
    guard let text = properties["placeholder"]?.text, !text.isEmpty else { return "" }
    return " placeholder=\"\(HTMLEscape.text(text))\""
  }

  /// An input, a text area or a list.
  var html: String {
    switch field.type {
    case .textArea:
      return """
        <textarea id="\(markup.inputID)" name="\(markup.inputName)" \
        class="\(markup.classes("mauticform-textarea"))"\(placeholder)\(markup.inputAttributes)>\
        \(value)</textarea>
        """
    case .select, .country: return select
    default:
      let named = field.type == .password || field.type == .file ? "" : " value=\"\(value)\""
      return """
        <input id="\(markup.inputID)" name="\(markup.inputName)" type="\(type)"\(named) \
        class="\(markup.classes("mauticform-input"))"\(accept)\(placeholder)\(markup.inputAttributes)>
        """
    }
  }

  /// The files that a browser offers to send.
  private var accept: String {
    guard field.type == .file,
      FormAttributes.value("accept", in: field.settings.inputAttributes) == nil
    else { return "" }
    let ends = FileBounds.of(properties).extensions.sorted().map { ".\($0)" }
    return " accept=\"\(HTMLEscape.text(ends.joined(separator: ",")))\""
  }

  private var type: String {
    switch field.type {
    case .email, .number, .date, .password, .url, .file: field.type.rawValue
    case .telephone: "tel"
    case .dateTime: "datetime-local"
    default: "text"
    }
  }

  var hidden: String {
    """
    <input type="hidden" id="\(markup.inputID)" name="\(markup.inputName)" value="\(value)" \
    class="mauticform-hidden">
    """
  }

  var button: String {
    let kind = properties["type"]?.text == "reset" ? "reset" : "submit"
    return """
      <button type="\(kind)" name="mauticform[submit]" id="\(markup.inputID)" value="1" \
      class="\(markup.classes("mauticform-button"))"\
      \(FormAttributes.html(field.settings.inputAttributes, except: ["id", "name", "class", "type"]))>\
      \(field.label)</button>
      """
  }

  private var select: String {
    let isMultiple =
      field.type == .select && (BooleanWord.parse(properties["multiple"]?.text ?? "") ?? false)
    let empty = properties["empty_value"]?.text ?? properties["placeholder"]?.text ?? ""
    var options = isMultiple ? "" : "<option value=\"\">\(HTMLEscape.text(empty))</option>"
    for option in offered { options += self.option(option) }
    return """
      <select id="\(markup.inputID)" name="\(markup.inputName)\(isMultiple ? "[]" : "")" \
      class="\(markup.classes("mauticform-selectbox"))"\(isMultiple ? " multiple" : "")\
      \(markup.inputAttributes)>\(options)</select>
      """
  }

  private func option(_ option: FieldOption) -> String {
    let mark = isChosen(option) ? " selected" : ""
    return
      "<option value=\"\(HTMLEscape.text(option.value))\"\(mark)>\(HTMLEscape.text(option.label))</option>"
  }

  /// The boxes or buttons of a group, each with its label.
  var choices: String {
    let isBox = field.type == .checkboxes
    return offered.enumerated().map { place, option in
      let id = "\(markup.inputID)_\(place + 1)"
      // A browser asks for each required box: of several, one is enough.
      let required = field.settings.isRequired && !isBox ? " required" : ""
      return """
        <div class="mauticform-\(isBox ? "checkboxgrp" : "radiogrp")-row">
        <input type="\(isBox ? "checkbox" : "radio")" id="\(id)" \
        name="\(markup.inputName)\(isBox ? "[]" : "")" value="\(HTMLEscape.text(option.value))" \
        class="\(markup.classes(isBox ? "mauticform-checkboxgrp-checkbox" : "mauticform-radiogrp-radio"))"\
        \(isChosen(option) ? " checked" : "")\(required)>
        <label for="\(id)" class="mauticform-\(isBox ? "checkboxgrp" : "radiogrp")-label">\
        \(HTMLEscape.text(option.label))</label>
        </div>
        """
    }.joined(separator: "\n")
  }

  private var offered: [FieldOption] {
    field.type == .country
      ? CountryOptions.all : field.choices(markup.markup.known)
  }

  private func isChosen(_ option: FieldOption) -> Bool {
    markup.value.split(separator: "|").contains { $0.trimmingBlanks() == option.value }
  }
}
