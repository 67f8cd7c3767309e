import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { describeWith } from '../support/skip.ts';
import { catalogOn } from './sale-catalog.dynamodb.ts';
import { saleCatalogConformance } from './sale-catalog.suite.ts';

describeWith('dynoxide', dynoxideAvailable, () => saleCatalogConformance('dynoxide', () => catalogOn(startDynoxide)));
