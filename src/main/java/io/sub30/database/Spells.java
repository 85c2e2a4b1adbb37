package io.sub30.database;

import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For how long a lane has known all that a tenant wrote. A spell begins when the lane takes the
 * tenant's cell and ends when a commit happened that it may not have seen; what was cached in
 * another spell, or by another lane or process, is not believed. Of a tenant whose cell the lane
 * has not taken it knows nothing for certain: such a spell is not owned. Lane-bound; not
 * thread-safe.
 */
final class Spells {

  /** Tenants remembered; the one longest unheard of makes room, and begins anew. */
  static final int MAX_TENANTS = 16_384;

  private final int maxTenants;
  private final Map<String, Spell> spells = new LinkedHashMap<>(16, 0.75f, true);

  /** Far from every other lane's, so that no two spells are ever the same. */
  private long next = new SecureRandom().nextLong();

  /**
   * @param id no other spell, of any lane or process, has it
   * @param owned whether every commit of the tenant goes through this lane
   * @param epoch of the tenant's cell, when the lane took it; else 0
   */
  record Spell(long id, boolean owned, long epoch) {}

  Spells(int maxTenants) {
    this.maxTenants = maxTenants;
  }

  /** The lane takes the tenant's cell. */
  void taken(String tenant, long epoch) {
    begin(tenant, true, epoch);
  }

  /** The tenant may have written something that went past this lane. */
  void doubt(String tenant) {
    Spell spell = spells.get(tenant);
    begin(tenant, spell != null && spell.owned(), spell == null ? 0 : spell.epoch());
  }

  /** The cell is another's now. */
  void lost(String tenant) {
    begin(tenant, false, 0);
  }

  /** Another lane has the cell under that epoch; what an earlier owner says late ends nothing. */
  void lostTo(String tenant, long epoch) {
    Spell spell = spells.get(tenant);
    if (spell != null && spell.owned() && spell.epoch() < epoch) {
      lost(tenant);
    }
  }

  Spell of(String tenant) {
    Spell spell = spells.get(tenant);
    return spell == null ? begin(tenant, false, 0) : spell;
  }

  private Spell begin(String tenant, boolean owned, long epoch) {
    if (spells.size() >= maxTenants && !spells.containsKey(tenant)) {
      spells.remove(spells.keySet().iterator().next());
    }
    Spell spell = new Spell(next++, owned, epoch);
    spells.put(tenant, spell);
    return spell;
  }
}
