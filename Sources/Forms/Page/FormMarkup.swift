package import Fields
import Primitives

/// The markup of a form, as websites embed and copy it (tracking.md 12). Names of ids, classes and members are those
/// that deployed styles and scripts know; every text of the operator's and of the address is escaped or was cleaned of
/// scripts when it was saved.
package struct FormMarkup: Sendable {
  package let form: Form
  let known: FieldSet
  /// The address of this installation.
  let site: String
  /// Values that fields are filled with at first, by alias.
  var values: [String: String] = [:]
  /// The token of the submission, where the markup is made for one visitor.
  var token: String?
  /// The fields that the visitor is not shown.
  var hidden: Set<Int64> = []
  /// Whether it is for a page of ours, which has the look of forms whatever the form says.
  private var isOurs = false

  /// Creates the markup of a form.
  ///
  /// - Parameters:
  ///   - form: The form.
  ///   - known: The definitions of the fields whose choices it offers.
  ///   - site: The address of this installation, without a slash at its end.
  package init(form: Form, known: FieldSet, site: String) {
    self.form = form
    self.known = known
    self.site = site
  }

  /// Returns the markup with values filled in, for one visitor.
  ///
  /// - Parameters:
  ///   - values: The values by alias.
  ///   - hidden: The ids of fields that are left out.
  ///   - token: The token of the submission.
  package func filled(
    _ values: [String: String], hiding hidden: Set<Int64> = [], token: String
  ) -> FormMarkup {
    var copy = self
    copy.values = values
    copy.token = token
    copy.hidden = hidden
    return copy
  }

  /// The markup for a page of ours.
  package var ours: FormMarkup {
    var copy = self
    copy.isOurs = true
    return copy
  }

  private var name: String { form.markupName }

  /// Whether it has the look of ``FormStyle``.
  private var isStyled: Bool { isOurs || form.values.settings.usesThemeStyle }

  /// The element that gives the form its look in a page of others; empty where the form is not to have it.
  package var style: String { isStyled ? FormStyle.element : "" }

  /// The form's element with its wrapper.
  package var html: String {
    let action = HTMLEscape.text("\(site)/form/submit?formId=\(form.id)")
    let settings = form.values.settings
    let own = FormAttributes.html(settings.attributes, except: [])
    let challenge =
      settings.hasChallenge
      ? " data-mautic-challenge=\"\(HTMLEscape.text("\(site)/form/challenge?id=\(form.id)"))\"" : ""
    return """
      <div id="mauticform_wrapper_\(name)" class="mauticform_wrapper\(isStyled ? " martlet-form" : "")">
      <form id="mauticform_\(name)" method="post" action="\(action)" enctype="multipart/form-data" \
      data-mautic-form="\(name)" role="form" aria-label="\(HTMLEscape.text(form.values.name))"\(challenge)\(own)>
      <div class="mauticform-error" id="mauticform_\(name)_error" role="alert"></div>
      <div class="mauticform-message" id="mauticform_\(name)_message" role="status"></div>
      <div class="mauticform-innerform">
      \(pages.joined(separator: "\n"))
      </div>
      \(settings.hasChallenge ? member(.challenge, "", id: "_challenge") : "")
      \(member(.formID, form.id.description, id: "id"))
      \(member(.returnAddress, "", id: "return"))
      \(member(.formName, name, id: "name"))
      \(member(.token, token ?? "", id: "_token"))
      </form>
      </div>
      """
  }

  private func member(_ member: SubmissionMember, _ value: String, id: String) -> String {
    """
    <input type="hidden" name="mauticform[\(member.rawValue)]" id="mauticform_\(name)_\(id)" \
    value="\(HTMLEscape.text(value))">
    """
  }

  private var consent: String? {
    guard let text = form.values.settings.consent else { return nil }
    return """
      <div id="mauticform_\(name)__consent" class="mauticform-row mauticform-consent mauticform-required" \
      data-validation-type="consent" data-validate="_consent">
      <input type="checkbox" id="mauticform_input_\(name)__consent" name="mauticform[\(SubmissionMember.consent.rawValue)]" value="1" \
      required aria-required="true" aria-describedby="mauticform_error_\(name)__consent">
      <label for="mauticform_input_\(name)__consent">\(text)</label>
      <span id="mauticform_error_\(name)__consent" class="mauticform-errormsg" style="display: none;">\
      Please agree first.</span>
      </div>
      """
  }

  /// The pages of the form: a field that ends a page is the last of it.
  private var pages: [String] {
    var pages: [[String]] = [[]]
    let fields = form.shownFields.filter { !hidden.contains($0.id) }
    // What the visitor has to agree to stands above the button that sends.
    let sending = fields.lastIndex { $0.type == .button } ?? fields.count
    for (place, field) in fields.enumerated() {
      if place == sending, let consent { pages[pages.count - 1].append(consent) }
      let row = FieldMarkup(field: field, markup: self, page: pages.count).html
      pages[pages.count - 1].append(row)
      if field.type == .pageBreak, place < fields.count - 1 { pages.append([]) }
    }
    if sending == fields.count, let consent { pages[pages.count - 1].append(consent) }
    return pages.enumerated().map { place, rows in
      let attributes = place == 0 ? "" : " hidden"
      return """
        <div class="mauticform-page-wrapper mauticform-page-\(place + 1)" \
        data-mautic-form-page="\(place + 1)"\(pages.count > 1 ? attributes : "")>
        \(rows.joined(separator: "\n"))
        </div>
        """
    }
  }
}

extension FormAttributes {
  /// Returns attributes as they are written into an element, with a blank before each.
  ///
  /// - Parameter except: Names that the element has already.
  static func html(_ text: String?, except: Set<String>) -> String {
    guard let text, let attributes = parse(text) else { return "" }
    return attributes.filter { !except.contains($0.name) }.map { name, value in
      value.map { " \(name)=\"\(HTMLEscape.text($0))\"" } ?? " \(name)"
    }.joined()
  }

  /// Returns the value of an attribute, or nil.
  static func value(_ name: String, in text: String?) -> String? {
    text.flatMap(parse)?.first { $0.name == name }?.value
  }
}
