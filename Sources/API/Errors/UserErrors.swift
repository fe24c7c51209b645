import Users

extension UserError: RecordError {
  var answer: APIError {
    if let member {
      let rule: String = if case .invalid(_, let rule) = self { rule } else { description }
      return .validation([(member, [rule])])
    }
    return switch self {
    case .notFound: .notFound
    case .lastAdministrator: .conflict("\(self).")
    case .roleInUse: .conflict("The role cannot be deleted: \(self).")
    default: APIError(.forbidden, "\(self).", type: "access_denied")
    }
  }
}

extension SecondFactorError: RecordError {
  var answer: APIError {
    switch self {
    case .ownAccount: APIError(.forbidden, "\(self).", type: "access_denied")
    default: .conflict("\(self).")
    }
  }
}

extension PermissionError: RecordError {
  var answer: APIError { .validation([("rawPermissions", [description])]) }
}
