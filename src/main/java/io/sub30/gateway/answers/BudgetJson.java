package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.v1.Budget;
import io.sub30.v1.HopSpend;
import java.io.IOException;

/** Where each microsecond went, the same in a result and in a problem. */
final class BudgetJson {
  private BudgetJson() {}

  static void write(JsonGenerator json, Budget budget) throws IOException {
    json.writeStartObject();
    json.writeNumberField("total_us", budget.getTotalUs());
    json.writeNumberField("spent_us", budget.getSpentUs());
    json.writeArrayFieldStart("hops");
    for (int i = 0; i < budget.getHopsCount(); i++) {
      HopSpend hop = budget.getHops(i);
      json.writeStartObject();
      json.writeStringField("hop", hop.getHop());
      json.writeNumberField("budget_us", hop.getBudgetUs());
      json.writeNumberField("wait_us", hop.getWaitUs());
      json.writeNumberField("service_us", hop.getServiceUs());
      json.writeStringField("outcome", hop.getOutcome());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
